/// base64url without padding (RFC 4648 §5, RFC 7515 §2), in its one canonical spelling.
enum Base64URL {
    /// The bytes that `text` stands for, or nil if it is not canonical: a foreign character (padding and white space
    /// included), a length of 4k+1, or trailing bits that are not zero.
    ///
    /// The trailing bits matter: ignored, one signature would have several spellings (RFC 4648 §3.5).
    static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        let tail = text.count % 4
        guard tail != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3 + 2)

        var bits: UInt32 = 0
        var invalid: UInt8 = 0
        for index in text.indices {
            let value = sextet(text[index])
            invalid |= value
            bits = bits << 6 | UInt32(value & 0x3F)
            if index % 4 == 3 {
                bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
                bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
                bytes.append(UInt8(truncatingIfNeeded: bits))
                bits = 0
            }
        }
        guard invalid & 0x80 == 0 else { return nil }

        switch tail {
        case 2:
            guard bits & 0xF == 0 else { return nil }
            bytes.append(UInt8(truncatingIfNeeded: bits >> 4))
        case 3:
            guard bits & 0x3 == 0 else { return nil }
            bytes.append(UInt8(truncatingIfNeeded: bits >> 10))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 2))
        default:
            break
        }
        return bytes
    }

    /// Whether the character is one of base64url's 64.
    static func isCharacter(_ byte: UInt8) -> Bool {
        sextet(byte) & 0x80 == 0
    }

    /// The character's value, or 0xFF. Written as selections, not branches: token characters are not predictable.
    private static func sextet(_ byte: UInt8) -> UInt8 {
        var value: UInt8 = 0xFF
        value = byte &- UInt8(ascii: "A") < 26 ? byte &- UInt8(ascii: "A") : value
        value = byte &- UInt8(ascii: "a") < 26 ? byte &- UInt8(ascii: "a") &+ 26 : value
        value = byte &- UInt8(ascii: "0") < 10 ? byte &- UInt8(ascii: "0") &+ 52 : value
        value = byte == UInt8(ascii: "-") ? 62 : value
        value = byte == UInt8(ascii: "_") ? 63 : value
        return value
    }
}
