import CryptoLib

@testable import Verifier

/// A private key of any type that the verifier knows, which signs as OpenSSL does, also in ways that it must refuse.
@safe final class SigningKey: @unchecked Sendable {
    // Sendable: never changed once made.
    static let rsa2048 = unsafe SigningKey(paitify_generate_rsa_key(2048), type: #""kty":"RSA""#)
    static let p256 = unsafe SigningKey(paitify_generate_p256_key(), type: #""kty":"EC","crv":"P-256""#)
    static let otherP256 = unsafe SigningKey(paitify_generate_p256_key(), type: #""kty":"EC","crv":"P-256""#)
    static let ed25519 = newEd25519()

    enum Digest: CaseIterable {
        case sha1, sha224, sha256, sha384, sha512

        fileprivate var algorithm: OpaquePointer? {
            switch self {
            case .sha1: unsafe EVP_sha1()
            case .sha224: unsafe EVP_sha224()
            case .sha256: unsafe EVP_sha256()
            case .sha384: unsafe EVP_sha384()
            case .sha512: unsafe EVP_sha512()
            }
        }
    }

    private let key: OpaquePointer
    /// The members `kty` and, where there is one, `crv`.
    let type: String
    /// The public members by name.
    let members: [(name: String, bytes: [UInt8])]

    /// An RSA key of exactly so many bits. Its primes are just below powers of two, so that it needs no search, and all
    /// the upper half of its modulus's bits is set.
    static func rsa(bits: Int, exponent: UInt = 65537) -> SigningKey {
        unsafe SigningKey(SpecialRSAKey.make(bits: bits, exponent: exponent), type: #""kty":"RSA""#)
    }

    static func newEd25519() -> SigningKey {
        unsafe SigningKey(paitify_generate_ed25519_key(), type: #""kty":"OKP","crv":"Ed25519""#)
    }

    private init(_ key: OpaquePointer?, type: String) {
        guard let key = unsafe key else { preconditionFailure("OpenSSL makes no key of \(type)") }
        unsafe self.key = key
        self.type = type
        if type.contains("RSA") {
            members = unsafe [
                ("n", Self.number(key, paitify_param_rsa_n())), ("e", Self.number(key, paitify_param_rsa_e())),
            ]
        } else if type.contains("EC") {
            members = unsafe [
                ("x", Self.number(key, OSSL_PKEY_PARAM_EC_PUB_X, count: 32)),
                ("y", Self.number(key, OSSL_PKEY_PARAM_EC_PUB_Y, count: 32)),
            ]
        } else {
            var bytes = [UInt8](repeating: 0, count: 32)
            var count = bytes.count
            precondition(unsafe EVP_PKEY_get_raw_public_key(key, &bytes, &count) == 1 && count == 32)
            members = [("x", bytes)]
        }
    }

    var modulusBytes: Int { (type.contains("RSA") ? members[0].bytes.count : 0) }
    var modulusBits: Int { modulusBytes * 8 - (members[0].bytes.first?.leadingZeroBitCount ?? 0) }

    /// The public half, as a JWK; members can be given otherwise.
    func jwk(kid: String = "k", alg: String? = nil, type: String? = nil, replacing: [String: [UInt8]] = [:]) -> String {
        var fields = [type ?? self.type, #""kid":"\#(kid)""#]
        if let alg { fields.append(#""alg":"\#(alg)""#) }
        for (name, bytes) in members { fields.append(#""\#(name)":"\#(text(replacing[name] ?? bytes))""#) }
        return "{" + fields.joined(separator: ",") + "}"
    }

    /// The key as the verifier takes it.
    func verifying(_ algorithm: Algorithm) throws -> PublicKey {
        try publicKey(jwk(alg: "\(algorithm.name)"))
    }

    // MARK: Signing

    /// A signature as the algorithm has it.
    func sign(_ message: [UInt8], _ algorithm: Algorithm) -> [UInt8] {
        switch algorithm {
        case .rs256: signRSA(message, padding: RSA_PKCS1_PADDING)
        case .ps256: signPSS(message, saltCount: 32)
        case .es256: Self.p1363(signDER(message))
        case .edDSA: unsafe signed(message, digest: nil) { _ in true }
        }
    }

    func signPSS(_ message: [UInt8], saltCount: Int32, mgf1: Digest = .sha256) -> [UInt8] {
        unsafe signed(message, digest: .sha256) { context in
            unsafe EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1
                && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, saltCount) == 1
                && EVP_PKEY_CTX_set_rsa_mgf1_md(context, mgf1.algorithm) == 1
        }
    }

    /// With another digest than the algorithm's.
    func signRSA(_ message: [UInt8], padding: Int32, digest: Digest = .sha256) -> [UInt8] {
        unsafe signed(message, digest: digest) { unsafe EVP_PKEY_CTX_set_rsa_padding($0, padding) == 1 }
    }

    /// ECDSA as everybody but JOSE has it.
    func signDER(_ message: [UInt8]) -> [UInt8] {
        unsafe signed(message, digest: .sha256) { _ in true }
    }

    /// The RSA private operation on a block of as many bytes as the modulus has: what a forger with the key could sign.
    func sign(block: [UInt8]) -> [UInt8] {
        let context = unsafe EVP_PKEY_CTX_new_from_pkey(nil, key, nil)
        defer { unsafe EVP_PKEY_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: block.count)
        var count = signature.count
        precondition(
            unsafe EVP_PKEY_sign_init(context) == 1 && EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) == 1
                && EVP_PKEY_sign(context, &signature, &count, block, block.count) == 1 && count == block.count)
        return signature
    }

    /// The private number of a P-256 key.
    var privateNumber: [UInt8] { unsafe Self.number(key, OSSL_PKEY_PARAM_PRIV_KEY, count: 32) }

    private func signed(
        _ message: [UInt8], digest: Digest?, _ configure: (OpaquePointer?) -> Bool
    ) -> [UInt8] {
        let context = unsafe EVP_MD_CTX_new()
        defer { unsafe EVP_MD_CTX_free(context) }
        var keyContext: OpaquePointer?
        precondition(unsafe EVP_DigestSignInit(context, &keyContext, digest?.algorithm, nil, key) == 1)
        precondition(unsafe configure(keyContext))
        var signature = [UInt8](repeating: 0, count: 512)
        var count = signature.count
        precondition(unsafe EVP_DigestSign(context, &signature, &count, message, message.count) == 1)
        return Array(signature.prefix(count))
    }

    /// r and s, 32 bytes each, of a signature in DER.
    static func p1363(_ der: [UInt8]) -> [UInt8] {
        var rest = der.dropFirst(2)
        var halves: [UInt8] = []
        for _ in 0..<2 {
            let count = Int(rest[rest.startIndex + 1])
            let number = rest.dropFirst(2).prefix(count).drop { $0 == 0 }
            halves += [UInt8](repeating: 0, count: 32 - number.count) + number
            rest = rest.dropFirst(2 + count)
        }
        return halves
    }

    private static func number(_ key: OpaquePointer, _ name: UnsafePointer<CChar>?, count: Int? = nil) -> [UInt8] {
        var number: OpaquePointer?
        precondition(unsafe EVP_PKEY_get_bn_param(key, name, &number) == 1)
        defer { unsafe BN_free(number) }
        let length = unsafe count ?? Int(BN_num_bits(number) + 7) / 8
        var bytes = [UInt8](repeating: 0, count: length)
        precondition(unsafe BN_bn2binpad(number, &bytes, Int32(length)) == Int32(length))
        return bytes
    }
}

/// The key of a JWK, judged by the rules.
func publicKey(_ jwk: String, allowed: AlgorithmSet = .known) throws -> PublicKey {
    let root = try JSONDocument.parse(Array(jwk.utf8), maxDepth: 4).root
    return try PublicKey.make(JWK(object: root), allowed: allowed, sha256: SHA256.fetch())
}

extension PublicKey {
    /// What the key says of a signature.
    func status(_ signature: [UInt8], of message: [UInt8]) -> VerificationStatus {
        do throws(VerifyError) {
            try verify(signature.span, of: message.span)
            return .ok
        } catch {
            return error.status
        }
    }
}

/// SHA-256 of the bytes.
func digest(_ bytes: [UInt8]) throws -> [UInt8] {
    let digest = try SHA256.fetch().digest(of: bytes.span)
    return digest.indices.map { digest[$0] }
}
