/// What the PKCS #1 v1.5 signatures of one key, with SHA-256, have to open to: EMSA-PKCS1-v1_5 (RFC 8017 §9.2).
struct PKCS1Encoding: Sendable {
    /// The DER of a DigestInfo of SHA-256, up to the digest (RFC 8017 §9.2, note 1).
    private static let digestInfo: InlineArray<19, UInt8> = [
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04,
        0x20,
    ]

    /// All but the digest, which is the same for every message: 00 01 FF … FF 00, DigestInfo.
    private let beginning: [UInt8]

    /// For a modulus of `byteCount` bytes, which `KeyRules` keeps well above the shortest.
    init(byteCount: Int) {
        let paddedCount = max(byteCount - SHA256.byteCount - Self.digestInfo.count, 3)
        var beginning = [UInt8](repeating: 0xFF, count: paddedCount)
        beginning[0] = 0x00
        beginning[1] = 0x01
        beginning[paddedCount - 1] = 0x00
        for index in Self.digestInfo.indices { beginning.append(Self.digestInfo[index]) }
        self.beginning = beginning
    }

    /// Whether `opened` is the whole encoding of the message. It is compared and not read: nobody parses what a forger
    /// may have shaped (Bleichenbacher's attack of 2006 lived on such a parser). The message is not even hashed unless the
    /// beginning is right, which no forger can bring about: a long token that is forged costs no more than a short one.
    func isEncoding(_ opened: Span<UInt8>, of message: Span<UInt8>, sha256: SHA256) throws(VerifyError) -> Bool {
        guard opened.count == beginning.count + SHA256.byteCount,
            opened.extracting(first: beginning.count).equals(beginning.span)
        else { return false }
        return opened.extracting(last: SHA256.byteCount).equals(try sha256.digest(of: message).span)
    }
}
