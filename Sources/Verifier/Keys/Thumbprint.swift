/// The SHA-256 thumbprint of a public key (RFC 7638): the same for every spelling of the same key.
struct Thumbprint: Sendable {
    /// The 43 characters of base64url.
    let base64URL: [UInt8]

    /// RFC 7638 §3.2: of an RSA key, `e`, `kty` and `n`, in this order, and nothing else.
    init(modulus: [UInt8], exponent: [UInt8], sha256: SHA256) throws(VerifyError) {
        var canonical = Array(#"{"e":""#.utf8)
        canonical += Base64URL.encode(exponent.span)
        canonical += Array(#"","kty":"RSA","n":""#.utf8)
        canonical += Base64URL.encode(modulus.span)
        canonical += Array(#""}"#.utf8)
        base64URL = try Base64URL.encode(sha256.digest(of: canonical.span).span)
    }
}
