/// Sixteen characters of base64url, decoded side by side: the processor's vectors do with comparisons what one character
/// after another needs a table for.
enum Base64URLVector {
    typealias Characters = SIMD16<UInt8>
    /// Of each character its six bits, or a number from 128 up for a foreign one.
    typealias Values = SIMD16<UInt8>

    static let characterCount = 16
    /// What they stand for. `store` writes `Base64URL.overshoot` bytes at most beyond it.
    static let byteCount = 12

    @inline(__always)
    static func values(of characters: Characters) -> Values {
        // What to add to a character's code to get its value, modulo 256.
        var shift = Characters(repeating: 0)
        var known = mark(characters, from: "A", count: 26, value: 0, &shift)
        known |= mark(characters, from: "a", count: 26, value: 26, &shift)
        known |= mark(characters, from: "0", count: 10, value: 52, &shift)
        known |= mark(characters, from: "-", count: 1, value: 62, &shift)
        known |= mark(characters, from: "_", count: 1, value: 63, &shift)
        return (characters &+ shift) & known | (known ^ 0xFF) & 0x80
    }

    /// Whether none of the values that were joined by `|` is a foreign character's.
    static func areKnown(_ seen: Values) -> Bool {
        let halves = unsafe unsafeBitCast(seen, to: SIMD2<UInt64>.self)
        return (halves.x | halves.y) & 0x8080_8080_8080_8080 == 0
    }

    /// Joins the sixteen times six bits, first to last, and writes them as bytes.
    @inline(__always)
    static func store(_ values: Values, to target: UnsafeMutablePointer<UInt8>) {
        // Neighbours are joined: to 12 bits in lanes of 16, to 24 in lanes of 32, to 48 in lanes of 64.
        let lanes16 = unsafe unsafeBitCast(values, to: SIMD8<UInt16>.self)
        let bits12 = (lanes16 &<< 6) & 0x0FC0 | (lanes16 &>> 8)
        let lanes32 = unsafe unsafeBitCast(bits12, to: SIMD4<UInt32>.self)
        let bits24 = (lanes32 &<< 12) & 0xFF_F000 | (lanes32 &>> 16)
        let lanes64 = unsafe unsafeBitCast(bits24, to: SIMD2<UInt64>.self)
        let bits48 = (lanes64 &<< 40) | (lanes64 &>> 16) & 0xFF_FFFF_0000
        let start = UnsafeMutableRawPointer(target)
        unsafe start.storeBytes(of: bits48.x.bigEndian, as: UInt64.self)
        unsafe start.storeBytes(of: bits48.y.bigEndian, toByteOffset: 6, as: UInt64.self)
    }

    /// Notes the shift for `count` characters from `first` on, whose values begin at `value`; returns all bits where they
    /// are. (The standard library's masks would do, but not side by side.)
    @inline(__always)
    private static func mark(
        _ characters: Characters, from first: Unicode.Scalar, count: UInt8, value: UInt8, _ shift: inout Characters
    ) -> Characters {
        let code = UInt8(ascii: first)
        let found = unsafe unsafeBitCast(characters &- code .< Characters(repeating: count), to: Characters.self)
        shift |= found & (value &- code)
        return found
    }
}
