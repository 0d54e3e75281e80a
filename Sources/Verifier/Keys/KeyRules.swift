/// Which keys may verify. Each rule answers an attack or a mistake that was seen; the thrown status says which kind.
enum KeyRules {
    static let modulusBits = 2048...4096
    static let exponentMin: UInt64 = 65537
    static let exponentBytesMax = 4

    /// The algorithm that the key verifies: its `alg`, or, where it has none, the one that the options pin, because they
    /// allow no other for its type.
    ///
    /// RFC 8725 §3.1: a key is for one algorithm only, so that no token can choose another one for it. Whether tokens of
    /// that algorithm are accepted is another matter: an issuer that goes over to one that this processor does not
    /// allow yet still publishes a set that is sound, and by which the keys that are gone from it are gone.
    static func algorithm(of key: JWK, allowed: AlgorithmSet) throws(VerifyError) -> Algorithm {
        let fitting = algorithms(fitting: key)
        guard !fitting.isEmpty else {
            throw VerifyError(
                .keyMismatch, "its kty and crv are none that this version verifies with (RSA; EC, P-256; OKP, Ed25519)")
        }
        guard let name = key.object["alg"] else {
            for algorithm in Algorithm.allCases where fitting.intersection(allowed) == algorithm.asSet {
                return algorithm
            }
            throw VerifyError(.keyMismatch, "it has no alg, and the options allow several for its kty, or none")
        }
        guard let algorithm = name.withUTF8({ Algorithm(name: $0) }) ?? nil else {
            throw VerifyError(.keyMismatch, "its alg is none that this version verifies (RS256, PS256, ES256, EdDSA)")
        }
        guard fitting.contains(algorithm.asSet) else {
            throw VerifyError(.keyMismatch, "its alg is not one for its kty and crv")
        }
        return algorithm
    }

    /// The algorithms that a key of this type and curve can verify (RFC 7518 §6.1, RFC 8037 §2); none if we know neither.
    private static func algorithms(fitting key: JWK) -> AlgorithmSet {
        guard let type = key.object["kty"] else { return [] }
        if type.isString("RSA") { return [.rs256, .ps256] }
        guard let curve = key.object["crv"] else { return [] }
        if type.isString("EC"), curve.isString("P-256") { return .es256 }
        if type.isString("OKP"), curve.isString("Ed25519") { return .edDSA }
        return []
    }

    /// RFC 7517 §4.2, §4.3: a key published for encryption, or for anything but verifying, does not verify.
    static func checkUse(of key: JWK) throws(VerifyError) {
        if let use = key.object["use"], !use.isString("sig") {
            throw VerifyError(.keyMismatch, "its use is not sig")
        }
        guard let operations = key.object["key_ops"] else { return }
        for operation in operations.elements where operation.isString("verify") { return }
        throw VerifyError(.keyMismatch, "its key_ops do not hold verify")
    }

    /// An RSA public key within bounds: long enough to be safe, short enough to be quick (a token must not be able to
    /// buy milliseconds of the host's time), an exponent that neither helps a forger nor slows us down, and not ROCA.
    static func checkRSA(modulus: [UInt8], exponent: [UInt8]) throws(VerifyError) {
        let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
        guard modulusBits.contains(bits) else {
            throw VerifyError(.weakKey, "its RSA modulus has \(bits) bits, and 2048 to 4096 are accepted")
        }
        guard let last = modulus.last, last & 1 == 1 else {
            throw VerifyError(.weakKey, "its RSA modulus is even")
        }
        var value: UInt64 = 0
        for byte in exponent.prefix(exponentBytesMax) { value = value << 8 | UInt64(byte) }
        guard exponent.count <= exponentBytesMax, value >= exponentMin, value & 1 == 1 else {
            throw VerifyError(.weakKey, "its RSA exponent is not an odd number from 65537 to 2^32 - 1")
        }
        guard !ROCA.marks(modulus) else {
            throw VerifyError(.weakKey, "its RSA modulus has the ROCA flaw (CVE-2017-15361): anyone can factor it")
        }
    }

    /// A point of P-256, which is a sound key. Throws `noMemory` if it could not be checked.
    static func checkP256(x: [UInt8], y: [UInt8]) throws(VerifyError) {
        guard try P256Point.isOnCurve(x: x, y: y) else {
            throw VerifyError(.weakKey, "its x and y are no point of P-256")
        }
    }

    /// A point of Ed25519 in its one encoding, with which no signature holds that its owner did not make. Throws
    /// `noMemory` if it could not be checked.
    static func checkEd25519(_ point: [UInt8]) throws(VerifyError) {
        guard try Ed25519Point.isCanonical(point) else {
            throw VerifyError(.weakKey, "its x is no point of Ed25519 in its one encoding")
        }
        guard !Ed25519Point.hasSmallOrder(point) else {
            throw VerifyError(.weakKey, "its x is a point of small order: anybody can sign for it")
        }
    }
}
