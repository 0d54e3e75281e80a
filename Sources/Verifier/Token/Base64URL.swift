/// base64url without padding (RFC 4648 §5, RFC 7515 §2), in its one canonical spelling.
enum Base64URL {
    enum Outcome {
        case canonical
        /// A length of 4k+1, or trailing bits that are not zero. The trailing bits matter: ignored, one signature would
        /// have several spellings (RFC 4648 §3.5).
        case notCanonical
        /// A character that is not one of the 64: padding and white space included.
        case foreignCharacter
    }

    /// How far beyond the last decoded byte `decode(_:into:)` may write.
    static let overshoot = 8

    /// Decodes `text` to `target`, which has room for 3 bytes of every 4 characters and the overshoot. Returns how many
    /// bytes were decoded; they are worth nothing unless the outcome is canonical.
    static func decode(_ text: Span<UInt8>, into target: UnsafeMutablePointer<UInt8>) -> (Int, Outcome) {
        // Sixteen characters at a time, then four.
        let vectors = text.count / Base64URLVector.characterCount
        var seen: Int32 = unsafe decodeVectors(text, count: vectors, into: target) ? 0 : -1
        var index = vectors * Base64URLVector.characterCount
        var out = vectors * Base64URLVector.byteCount
        // Negative once a character was foreign. Tested at the end alone: tokens are mostly good.
        while index + 4 <= text.count {
            let bits = quad(text, at: index)
            seen |= bits
            unsafe target[out] = UInt8(truncatingIfNeeded: bits >> 16)
            unsafe target[out + 1] = UInt8(truncatingIfNeeded: bits >> 8)
            unsafe target[out + 2] = UInt8(truncatingIfNeeded: bits)
            index += 4
            out += 3
        }
        let tail = unsafe decodeTail(text, from: index, into: target + out)
        seen |= tail.seen
        guard seen >= 0 else { return (out, .foreignCharacter) }
        return (out + tail.count, tail.isCanonical ? .canonical : .notCanonical)
    }

    /// The bytes that `text` stands for, or nil if it is not canonical base64url.
    static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        let capacity = text.count / 4 * 3 + 3 + overshoot
        var isCanonical = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            let (decoded, outcome) = unsafe decode(text, into: start)
            isCanonical = outcome == .canonical
            count = decoded
        }
        return isCanonical ? bytes : nil
    }

    /// Whether the character is one of base64url's 64.
    static func isCharacter(_ byte: UInt8) -> Bool { values[Int(byte)] >= 0 }

    static func encode(_ bytes: [UInt8]) -> [UInt8] {
        let characters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var text: [UInt8] = []
        var bits: UInt32 = 0
        var bitCount: UInt32 = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            bitCount += 8
            while bitCount >= 6 {
                bitCount -= 6
                text.append(characters[Int(bits >> bitCount & 0x3F)])
            }
        }
        if bitCount > 0 { text.append(characters[Int(bits << (6 - bitCount) & 0x3F)]) }
        return text
    }

    /// Decodes so many vectors from the start; returns whether all their characters are base64url's.
    private static func decodeVectors(
        _ text: Span<UInt8>, count: Int, into target: UnsafeMutablePointer<UInt8>
    ) -> Bool {
        unsafe text.withUnsafeBytes { bytes in
            var seen = Base64URLVector.Values()
            for vector in 0..<count {
                let characters = unsafe bytes.loadUnaligned(
                    fromByteOffset: vector * Base64URLVector.characterCount, as: Base64URLVector.Characters.self)
                let values = Base64URLVector.values(of: characters)
                seen |= values
                unsafe Base64URLVector.store(values, to: target + vector * Base64URLVector.byteCount)
            }
            return Base64URLVector.areKnown(seen)
        }
    }

    /// The last 0 to 3 characters.
    private static func decodeTail(
        _ text: Span<UInt8>, from start: Int, into target: UnsafeMutablePointer<UInt8>
    ) -> (count: Int, isCanonical: Bool, seen: Int32) {
        var bits: Int32 = 0
        var seen: Int32 = 0
        for index in start..<text.count {
            let value = Int32(values[Int(text[index])])
            seen |= value
            bits = bits << 6 | (value & 0x3F)
        }
        switch text.count - start {
        case 0:
            return (0, true, seen)
        case 2:
            unsafe target[0] = UInt8(truncatingIfNeeded: bits >> 4)
            return (1, bits & 0xF == 0, seen)
        case 3:
            unsafe target[0] = UInt8(truncatingIfNeeded: bits >> 10)
            unsafe target[1] = UInt8(truncatingIfNeeded: bits >> 2)
            return (2, bits & 0x3 == 0, seen)
        default:
            return (0, false, seen)
        }
    }

    /// The 24 bits of the four characters from `index` on, which the caller knows to be there; negative if one is foreign.
    @inline(__always)
    private static func quad(_ text: Span<UInt8>, at index: Int) -> Int32 {
        let first = unsafe Int32(values[Int(text[unchecked: index])])
        let second = unsafe Int32(values[Int(text[unchecked: index + 1])])
        let third = unsafe Int32(values[Int(text[unchecked: index + 2])])
        let fourth = unsafe Int32(values[Int(text[unchecked: index + 3])])
        return first << 18 | second << 12 | third << 6 | fourth
    }

    /// Of each byte the value of its character, or -1.
    private static let values: InlineArray<256, Int8> = [
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 62, -1, -1,
        52, 53, 54, 55, 56, 57, 58, 59, 60, 61, -1, -1, -1, -1, -1, -1,
        -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
        15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, -1, -1, -1, -1, 63,
        -1, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
        41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, -1, -1, -1, -1, -1,
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    ]
}
