/// A key that passed every rule and is ready to verify. Immutable; shared between threads.
struct PublicKey: Sendable {
    let kid: [UInt8]
    /// The one algorithm that it verifies.
    let algorithm: Algorithm
    let usualHeader: UsualHeader
    private let rsa: RSAPublicKey

    /// Judges a JWK by `KeyRules` and builds the key; the error's words complete the sentence "this key is left out:
    /// …".
    init(_ jwk: JWK, allowed: AlgorithmSet, sha256: SHA256) throws(VerifyError) {
        guard let kid = jwk.kid, !kid.isEmpty, kid.count <= Header.kidBytesMax else {
            throw VerifyError(.jwks, "its kid is not a string of 1 to 128 bytes")
        }
        let algorithm = try KeyRules.algorithm(of: jwk, allowed: allowed)
        try KeyRules.checkUse(of: jwk)
        guard let modulus = jwk.number("n"), let exponent = jwk.number("e") else {
            throw VerifyError(.jwks, "its n or e is not a base64url number without leading zeros")
        }
        try KeyRules.checkRSA(modulus: modulus, exponent: exponent)

        rsa = try RSAPublicKey.make(modulus: modulus, exponent: exponent, sha256: sha256)
        self.kid = kid
        self.algorithm = algorithm
        usualHeader = UsualHeader(algorithm: algorithm, kid: kid)
    }

    /// Throws `signature` unless the key's owner signed `message`.
    func verify(_ signature: Span<UInt8>, of message: Span<UInt8>) throws(VerifyError) {
        let holds =
            switch algorithm {
            case .rs256: try rsa.isSignatureRS256(signature, of: message)
            }
        guard holds else { throw VerifyError(.signature) }
    }
}
