/// Hexadecimal digits, in small letters.
package enum HexDigits {
    /// The digits of a hash.
    package static let hashCount = 64

    /// The digit of a number from 0 to 15.
    package static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// The hash of these digits; nil for anything else.
    package static func hash(_ digits: Span<UInt8>) -> InlineArray<32, UInt8>? {
        guard digits.count == hashCount else { return nil }
        var hash = InlineArray<32, UInt8>(repeating: 0)
        for index in hash.indices {
            guard let high = value(of: digits[2 * index]), let low = value(of: digits[2 * index + 1])
            else { return nil }
            hash[index] = high << 4 | low
        }
        return hash
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
