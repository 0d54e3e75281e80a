/// An ECDSA signature over P-256 as JOSE has it: r and s, 32 bytes each, big-endian (RFC 7518 §3.4; IEEE P1363).
enum ECDSASignature {
    static let byteCount = 64
    private static let half = 32

    /// The order of P-256's group (SP 800-186 §3.2.1.3).
    private static let order: InlineArray<32, UInt8> = [
        0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBC, 0xE6,
        0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
    ]

    /// Whether it has its 64 bytes, and r and s are from 1 to n - 1. (r = s = 0 once passed for anybody's signature of
    /// anything: CVE-2022-21449.)
    static func isInRange(_ signature: Span<UInt8>) -> Bool {
        guard signature.count == byteCount else { return false }
        let order = order
        let r = signature.extracting(first: half)
        let s = signature.extracting(last: half)
        return !r.isZero && !s.isZero && r.isLess(than: order.span) && s.isLess(than: order.span)
    }

    /// The signature as DER, which is how OpenSSL takes it (RFC 3279 §2.2.3): the first `count` bytes.
    static func der(_ signature: Span<UInt8>) -> (bytes: InlineArray<72, UInt8>, count: Int) {
        var bytes = InlineArray<72, UInt8>(repeating: 0)
        var count = 2
        append(signature.extracting(first: half), to: &bytes, count: &count)
        append(signature.extracting(last: half), to: &bytes, count: &count)
        bytes[0] = 0x30
        bytes[1] = UInt8(truncatingIfNeeded: count - 2)
        return (bytes, count)
    }

    /// Appends a positive INTEGER: no needless zero before it, but one where the number would read as negative.
    private static func append(_ number: Span<UInt8>, to bytes: inout InlineArray<72, UInt8>, count: inout Int) {
        var start = 0
        while start < number.count - 1, number[start] == 0 { start += 1 }
        let isPadded = number[start] & 0x80 != 0
        bytes[count] = 0x02
        bytes[count + 1] = UInt8(truncatingIfNeeded: number.count - start + (isPadded ? 1 : 0))
        count += isPadded ? 3 : 2
        for index in start..<number.count {
            bytes[count] = number[index]
            count += 1
        }
    }
}
