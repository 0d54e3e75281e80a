/// A key that passed every rule and is ready to verify. Immutable; shared between threads.
///
/// A class, so that a verification that takes it out of the set counts one reference, and not one for each of its parts:
/// threads contend for every count.
final class PublicKey: Sendable {
    let kid: [UInt8]
    let usualHeader: UsualHeader
    private let key: Key
    private let sha256: SHA256

    /// The key in OpenSSL's form, by the one algorithm that it verifies.
    private enum Key {
        case rs256(RSAPublicKey, PKCS1Encoding)
        case ps256(RSAPublicKey)
        case es256(P256PublicKey)
        case edDSA(Ed25519PublicKey)
    }

    /// Judges a JWK by `KeyRules` and builds the key; the error's words complete the sentence "this key is left out:
    /// …".
    static func make(_ jwk: JWK, allowed: AlgorithmSet, sha256: SHA256) throws(VerifyError) -> PublicKey {
        guard let kid = jwk.kid, !kid.isEmpty, kid.count <= Header.kidBytesMax else {
            throw VerifyError(.jwks, "its kid is not a string of 1 to 128 bytes")
        }
        let algorithm = try KeyRules.algorithm(of: jwk, allowed: allowed)
        try KeyRules.checkUse(of: jwk)
        let key: Key
        switch algorithm {
        case .rs256:
            let rsa = try rsa(jwk)
            key = .rs256(rsa, PKCS1Encoding(byteCount: rsa.byteCount))
        case .ps256: key = .ps256(try rsa(jwk))
        case .es256: key = .es256(try p256(jwk))
        case .edDSA: key = .edDSA(try ed25519(jwk))
        }
        return PublicKey(
            kid: kid, usualHeader: UsualHeader(algorithm: algorithm, kid: kid), key: key, sha256: sha256)
    }

    private init(kid: [UInt8], usualHeader: UsualHeader, key: Key, sha256: SHA256) {
        self.kid = kid
        self.usualHeader = usualHeader
        self.key = key
        self.sha256 = sha256
    }

    func isNamed(_ keyID: Span<UInt8>) -> Bool {
        let kid = kid
        return kid.span.equals(keyID)
    }

    /// Keeps the kid where a verification's outcome is.
    func keepID(in memory: TokenMemory) {
        let kid = kid
        memory.keepKeyID(kid.span)
    }

    /// The one algorithm that it verifies.
    var algorithm: Algorithm {
        switch key {
        case .rs256: .rs256
        case .ps256: .ps256
        case .es256: .es256
        case .edDSA: .edDSA
        }
    }

    /// Throws `signature` unless the key's owner signed `message`, `noMemory` if that could not be checked. Allocates
    /// nothing but what OpenSSL does, whatever comes of it.
    func verify(_ signature: Span<UInt8>, of message: Span<UInt8>) throws(VerifyError) {
        let holds = try ErrorQueue.leavingUntouched { () throws(VerifyError) in
            switch key {
            case .rs256(let key, let encoding):
                try key.isSignatureRS256(signature, of: message, encoding: encoding, sha256: sha256)
            case .ps256(let key): try key.isSignaturePS256(signature, of: message, sha256: sha256)
            case .es256(let key): try key.isSignature(signature, of: sha256.digest(of: message))
            case .edDSA(let key): try key.isSignature(signature, of: message)
            }
        }
        guard holds else { throw VerifyError(.signature) }
    }

    private static func rsa(_ jwk: JWK) throws(VerifyError) -> RSAPublicKey {
        guard let modulus = jwk.number("n"), let exponent = jwk.number("e") else {
            throw VerifyError(.jwks, "its n or e is not a base64url number without leading zeros")
        }
        try KeyRules.checkRSA(modulus: modulus, exponent: exponent)
        return try RSAPublicKey.make(modulus: modulus, exponent: exponent)
    }

    private static func p256(_ jwk: JWK) throws(VerifyError) -> P256PublicKey {
        let count = P256Point.coordinateBytes
        guard let x = jwk.bytes("x", count: count), let y = jwk.bytes("y", count: count) else {
            throw VerifyError(.jwks, "its x or y is not base64url of 32 bytes")
        }
        try KeyRules.checkP256(x: x, y: y)
        return try P256PublicKey.make(x: x, y: y)
    }

    private static func ed25519(_ jwk: JWK) throws(VerifyError) -> Ed25519PublicKey {
        guard let point = jwk.bytes("x", count: Ed25519Point.byteCount) else {
            throw VerifyError(.jwks, "its x is not base64url of 32 bytes")
        }
        try KeyRules.checkEd25519(point)
        return try Ed25519PublicKey.make(point: point)
    }
}
