import POSIX

/// A token in JWS Compact Serialization (RFC 7515 §7.1): where its three parts are, nothing looked at yet.
struct CompactJWS {
    /// `header.payload`, still encoded: what is signed.
    let signed: Range<Int>
    let header: Range<Int>
    let payload: Range<Int>
    let signature: Range<Int>

    /// Throws `tooLarge`, or `malformed` for less than three parts. (A fourth one's dot is a foreign character of the
    /// third, which is malformed as well.)
    init(_ token: Span<UInt8>, bytesMax: Int) throws(VerifyError) {
        guard token.count <= bytesMax else { throw VerifyError(.tooLarge) }
        guard let first = Self.dot(in: token, from: 0), let second = Self.dot(in: token, from: first + 1) else {
            throw VerifyError(.malformed)
        }
        signed = 0..<second
        header = 0..<first
        payload = (first + 1)..<second
        signature = (second + 1)..<token.count
    }

    private static func dot(in token: Span<UInt8>, from start: Int) -> Int? {
        unsafe token.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, start < bytes.count,
                let found = unsafe memchr(base + start, Int32(UInt8(ascii: ".")), bytes.count - start)
            else { return nil }
            return unsafe UnsafeRawPointer(found) - base
        }
    }
}
