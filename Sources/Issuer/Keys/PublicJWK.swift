/// A public key's own members of a JSON Web Key (RFC 7517, RFC 7518 section 6).
enum PublicJWK: Sendable, Equatable {
    /// Big-endian bytes without leading zeros.
    case rsa(modulus: [UInt8], exponent: [UInt8])

    /// The key's name everywhere: its RFC 7638 SHA-256 thumbprint, so that no two keys share one by accident.
    var thumbprint: String {
        // RFC 7638 section 3: the required members, in the order of their names, without white space.
        let text =
            switch self {
            case .rsa(let modulus, let exponent):
                #"{"e":"\#(Base64URL.encode(exponent))","kty":"RSA","n":"\#(Base64URL.encode(modulus))"}"#
            }
        return Base64URL.encode(Digest.sha256(text.utf8))
    }

    /// The whole JWK as it stands in the key set.
    func json(kid: String, algorithm: SignatureAlgorithm) -> String {
        var writer = JSONWriter()
        writer.object {
            switch self {
            case .rsa: $0.member("kty", "RSA")
            }
            $0.member("kid", kid)
            $0.member("use", "sig")
            $0.member("alg", algorithm.rawValue)
            switch self {
            case .rsa(let modulus, let exponent):
                $0.member("n", Base64URL.encode(modulus))
                $0.member("e", Base64URL.encode(exponent))
            }
        }
        return writer.text
    }
}
