/// How tokens are signed, as a JWT header's `alg` names it (RFC 7518 section 3.1, RFC 8037 section 3.1).
public enum SignatureAlgorithm: String, Sendable, Codable, CaseIterable {
    /// RSASSA-PKCS1-v1_5 with SHA-256, 2048 bits: what every JWT library has.
    case rs256 = "RS256"
    /// RSASSA-PSS with SHA-256 and a salt of 32 bytes, 2048 bits.
    case ps256 = "PS256"
    /// ECDSA on P-256 with SHA-256: a tenth of RSA's time to sign.
    case es256 = "ES256"
    /// Ed25519 (RFC 8032).
    case edDSA = "EdDSA"

    /// Whether the same key signs the same bytes to the same signature every time.
    var isDeterministic: Bool {
        switch self {
        case .rs256, .edDSA: true
        case .ps256, .es256: false
        }
    }
}
