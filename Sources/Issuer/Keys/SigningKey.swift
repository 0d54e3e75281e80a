/// A private key that signs tokens, and the public half that verifies them. Immutable; any thread.
final class SigningKey: Sendable {
    /// The RFC 7638 thumbprint of the public key.
    let kid: String
    let algorithm: SignatureAlgorithm
    let publicKey: PublicJWK
    private let handle: PrivateKeyHandle
    private let contexts: SigningContexts

    /// A new key. Takes a tenth of a second or more: see `PrivateKeyHandle.generate`.
    static func generate(_ algorithm: SignatureAlgorithm) throws(KeyError) -> SigningKey {
        try SigningKey(try PrivateKeyHandle.generate(algorithm), algorithm)
    }

    /// Opens what `sealed(under:)` gave. Throws `KeyError.sealBroken` for another master key or another `kid`.
    convenience init(
        sealed: [UInt8], under masterKey: MasterKey, kid: String, algorithm: SignatureAlgorithm
    ) throws(KeyError) {
        let der = try Sealing.openSecret(sealed, under: masterKey, context: Self.sealingContext(kid))
        try self.init(pkcs8: der, algorithm)
        // A key whose thumbprint is not its name would sign tokens that nobody can verify.
        guard self.kid == kid else { throw .sealBroken }
    }

    convenience init(pkcs8 der: SecretBytes, _ algorithm: SignatureAlgorithm) throws(KeyError) {
        try self.init(try PrivateKeyHandle.read(pkcs8: der, for: algorithm), algorithm)
    }

    private init(_ handle: consuming PrivateKeyHandle, _ algorithm: SignatureAlgorithm) throws(KeyError) {
        publicKey = try handle.publicJWK(for: algorithm)
        kid = publicKey.thumbprint
        self.algorithm = algorithm
        self.handle = handle
        contexts = SigningContexts(for: algorithm)
    }

    /// The signature over `message`, as the third part of a JWS holds it.
    func sign(_ message: [UInt8]) throws(KeyError) -> [UInt8] {
        try handle.sign(message, with: algorithm, in: contexts)
    }

    /// The private key for the store.
    func sealed(under masterKey: MasterKey) throws(KeyError) -> [UInt8] {
        try Sealing.seal(try handle.pkcs8(), under: masterKey, context: Self.sealingContext(kid))
    }

    /// The key as verifiers read it.
    var jwk: String { publicKey.json(kid: kid, algorithm: algorithm) }

    static func sealingContext(_ kid: String) -> String {
        "signing-key:\(kid)"
    }
}
