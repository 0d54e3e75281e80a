/// Base64 with the URL-safe alphabet and no padding (RFC 4648 section 5, RFC 7515 section 2).
package enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    package static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        append(bytes, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the encoding of `bytes` to `text`.
    static func append(_ bytes: [UInt8], to text: inout [UInt8]) {
        var end = text.count
        // Room first: appending characters one by one asks for each whether there is some.
        text.append(contentsOf: repeatElement(0, count: (bytes.count * 4 + 2) / 3))
        let (bytes, alphabet) = (bytes.span, alphabet.span)
        var characters = text.mutableSpan
        var index = 0
        while index < bytes.count {
            let count = min(3, bytes.count - index)
            var bits = Int(bytes[index]) << 16
            if count > 1 { bits |= Int(bytes[index + 1]) << 8 }
            if count > 2 { bits |= Int(bytes[index + 2]) }
            characters[end] = alphabet[bits >> 18]
            characters[end + 1] = alphabet[bits >> 12 & 63]
            if count > 1 { characters[end + 2] = alphabet[bits >> 6 & 63] }
            if count > 2 { characters[end + 3] = alphabet[bits & 63] }
            index += count
            end += count + 1
        }
    }

    /// The UTF-8 text that is encoded. Nil where it is none.
    package static func text(of encoded: some StringProtocol) -> String? {
        decode(anyAlphabet: encoded).flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// Reads either base64 alphabet, with or without padding. Nil unless it is the one encoding of some bytes.
    package static func decode(anyAlphabet text: some StringProtocol) -> [UInt8]? {
        let characters = text.utf8
        let unpadded = characters.prefix { $0 != UInt8(ascii: "=") }
        let padding = characters.count - unpadded.count
        guard padding == 0 || (characters.count % 4 == 0 && padding <= 2),
            characters.suffix(padding).allSatisfy({ $0 == UInt8(ascii: "=") }), unpadded.count % 4 != 1
        else { return nil }
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var bitCount = 0
        for character in unpadded {
            guard let value = value(of: character) else { return nil }
            bits = bits << 6 | value
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
            }
        }
        // Bits that encode nothing must be 0, or two texts would mean the same bytes (RFC 4648 section 3.5).
        guard bits & (1 << UInt32(bitCount) - 1) == 0 else { return nil }
        return bytes
    }

    private static func value(of character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "-"), UInt8(ascii: "+"): 62
        case UInt8(ascii: "_"), UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
