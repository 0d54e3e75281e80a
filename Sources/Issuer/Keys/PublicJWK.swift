/// A public key's own members of a JSON Web Key (RFC 7517, RFC 7518 section 6, RFC 8037 section 2).
enum PublicJWK: Sendable, Equatable {
    /// Big-endian bytes without leading zeros.
    case rsa(modulus: [UInt8], exponent: [UInt8])
    /// Both coordinates as 32 big-endian bytes.
    case p256(x: [UInt8], y: [UInt8])
    /// 32 bytes.
    case ed25519([UInt8])

    /// The key's name everywhere: its RFC 7638 SHA-256 thumbprint, so that no two keys share one by accident.
    var thumbprint: String {
        // RFC 7638 section 3: the required members, in the order of their names, without white space.
        var writer = JSONWriter()
        writer.object { json in
            switch self {
            case .rsa(let modulus, let exponent):
                json.member("e", Base64URL.encode(exponent))
                json.member("kty", "RSA")
                json.member("n", Base64URL.encode(modulus))
            case .p256(let x, let y):
                json.member("crv", "P-256")
                json.member("kty", "EC")
                json.member("x", Base64URL.encode(x))
                json.member("y", Base64URL.encode(y))
            case .ed25519(let key):
                json.member("crv", "Ed25519")
                json.member("kty", "OKP")
                json.member("x", Base64URL.encode(key))
            }
        }
        return Base64URL.encode(Digest.sha256(writer.bytes))
    }

    /// The whole JWK as it stands in the key set.
    func json(kid: String, algorithm: SignatureAlgorithm) -> String {
        var writer = JSONWriter()
        writer.object { json in
            json.member("kty", type)
            json.member("kid", kid)
            json.member("use", "sig")
            json.member("alg", algorithm.rawValue)
            switch self {
            case .rsa(let modulus, let exponent):
                json.member("n", Base64URL.encode(modulus))
                json.member("e", Base64URL.encode(exponent))
            case .p256(let x, let y):
                json.member("crv", "P-256")
                json.member("x", Base64URL.encode(x))
                json.member("y", Base64URL.encode(y))
            case .ed25519(let key):
                json.member("crv", "Ed25519")
                json.member("x", Base64URL.encode(key))
            }
        }
        return writer.text
    }

    private var type: String {
        switch self {
        case .rsa: "RSA"
        case .p256: "EC"
        case .ed25519: "OKP"
        }
    }
}
