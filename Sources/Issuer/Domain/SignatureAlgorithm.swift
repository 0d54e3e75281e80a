/// How tokens are signed, as a JWT header's `alg` names it (RFC 7518 section 3.1).
///
/// RS256 is the one that every JWT library has. PS256, ES256 and EdDSA would be cases here: each switch over this type
/// says what one must define.
public enum SignatureAlgorithm: String, Sendable, Codable, CaseIterable {
    /// RSASSA-PKCS1-v1_5 with SHA-256, 2048 bits.
    case rs256 = "RS256"
}
