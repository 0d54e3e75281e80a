/// What a PKCS #1 v1.5 signature with SHA-256 has to open to: EMSA-PKCS1-v1_5 (RFC 8017 §9.2).
enum PKCS1Encoding {
    /// The DER of a DigestInfo of SHA-256, up to the digest (RFC 8017 §9.2, note 1).
    private static let digestInfo: InlineArray<19, UInt8> = [
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04,
        0x20,
    ]

    /// 00 01 FF … FF 00, DigestInfo, digest: `byteCount` bytes, which `KeyRules` keeps well above the shortest.
    static func encode(_ digest: SHA256.Digest, byteCount: Int) -> [UInt8] {
        let tailCount = 1 + digestInfo.count + digest.count
        var encoded = [UInt8](repeating: 0xFF, count: max(byteCount, tailCount + 2))
        encoded[0] = 0x00
        encoded[1] = 0x01
        var index = encoded.count - tailCount
        encoded[index] = 0x00
        for part in digestInfo.indices { encoded[index + 1 + part] = digestInfo[part] }
        index += 1 + digestInfo.count
        for part in digest.indices { encoded[index + part] = digest[part] }
        return encoded
    }
}
