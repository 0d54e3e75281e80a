internal import CryptoLib

extension PrivateKeyHandle {
    /// The signature over `message`, as JWS wants it (RFC 7518 section 3, RFC 8037 section 3.1). `contexts` are this key's.
    borrowing func sign(
        _ message: [UInt8], with algorithm: SignatureAlgorithm, in contexts: SigningContexts
    ) throws(KeyError) -> [UInt8] {
        let made = withCleanCryptoErrors { () -> [UInt8]? in
            switch algorithm {
            case .rs256, .ps256: contexts.signature(over: Digest.sha256(message), by: self)
            case .es256: contexts.signature(over: Digest.sha256(message), by: self).flatMap(Self.fixedLength)
            // Ed25519 hashes by itself, and its contexts serve once.
            case .edDSA: ed25519Signature(over: message)
            }
        }
        guard let made else { throw .cryptography(.sign) }
        return made
    }

    private borrowing func ed25519Signature(over message: [UInt8]) -> [UInt8]? {
        // The context is made and freed here; the key is borrowed for the call.
        unsafe withPointer { key -> [UInt8]? in
            guard let context = unsafe EVP_MD_CTX_new() else { return nil }
            defer { unsafe EVP_MD_CTX_free(context) }
            guard unsafe EVP_DigestSignInit(context, nil, nil, nil, key) == 1 else { return nil }
            var signature = [UInt8](repeating: 0, count: 64)
            var count = signature.count
            guard unsafe EVP_DigestSign(context, &signature, &count, message, message.count) == 1, count == 64
            else { return nil }
            return signature
        }
    }

    /// r and s, 32 bytes each, which JWS wants instead of the DER that libcrypto gives (RFC 7518 section 3.4).
    private static func fixedLength(_ der: [UInt8]) -> [UInt8]? {
        // Reads the array's own bytes and no more; what it makes is freed here, and r and s belong to it.
        unsafe der.withUnsafeBufferPointer { der in
            var cursor = der.baseAddress
            guard let pair = unsafe d2i_ECDSA_SIG(nil, &cursor, der.count) else { return nil }
            defer { unsafe ECDSA_SIG_free(pair) }
            var (r, s) = ([UInt8](repeating: 0, count: 32), [UInt8](repeating: 0, count: 32))
            guard unsafe BN_bn2binpad(ECDSA_SIG_get0_r(pair), &r, 32) == 32,
                unsafe BN_bn2binpad(ECDSA_SIG_get0_s(pair), &s, 32) == 32
            else { return nil }
            return r + s
        }
    }
}
