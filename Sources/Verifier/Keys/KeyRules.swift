/// Which keys may verify. Each rule answers an attack or a mistake that was seen; the thrown status says which kind.
enum KeyRules {
    static let modulusBits = 2048...4096
    static let exponentMin: UInt64 = 65537
    static let exponentBytesMax = 4

    /// The algorithm that the key verifies: its `alg`, or, where it has none, the one that the options pin.
    ///
    /// RFC 8725 §3.1: a key is for one algorithm only, so that no token can choose another one for it.
    static func algorithm(of key: JWK, allowed: AlgorithmSet) throws(VerifyError) -> Algorithm {
        guard key.object["kty"]?.isString("RSA") == true else {
            throw VerifyError(.keyMismatch, "its kty is not one that this version verifies with (RSA)")
        }
        guard let name = key.object["alg"] else {
            guard allowed == .rs256 else {
                throw VerifyError(.keyMismatch, "it has no alg, and the options allow several")
            }
            return .rs256
        }
        guard let algorithm = name.withUTF8({ Algorithm(name: $0) }) ?? nil, allowed.contains(algorithm.asSet) else {
            throw VerifyError(.keyMismatch, "its alg is not among the algorithms that the options allow")
        }
        return algorithm
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
}
