internal import CryptoLib

extension PrivateKeyHandle {
    /// The signature over `message`, as JWS wants it (RFC 7518 section 3, RFC 8037 section 3.1).
    borrowing func sign(_ message: [UInt8], with algorithm: SignatureAlgorithm) throws(KeyError) -> [UInt8] {
        let made = withCleanCryptoErrors { () -> [UInt8]? in
            switch algorithm {
            // The prepare step only borrows the context. RSASSA-PKCS1-v1_5 is what libcrypto does for an RSA key unless told otherwise.
            case .rs256: unsafe signature(over: message, MessageDigest.sha256)
            case .ps256:
                // MGF1 takes the digest's own hash; RFC 7518 section 3.5 wants a salt of as many bytes.
                unsafe signature(over: message, MessageDigest.sha256) { context in
                    unsafe EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1
                        && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1
                }
            case .es256: unsafe signature(over: message, MessageDigest.sha256).flatMap(Self.fixedLength)
            // Ed25519 hashes by itself.
            case .edDSA: unsafe signature(over: message, nil)
            }
        }
        guard let made else { throw .cryptography(.sign) }
        return made
    }

    /// The signature as libcrypto gives it. `prepare` sets what the algorithm needs.
    private borrowing func signature(
        over message: [UInt8], _ digest: MessageDigest?, prepare: (OpaquePointer?) -> Bool = { _ in true }
    ) -> [UInt8]? {
        // The contexts are made and freed here; the key and the digest are borrowed for the call.
        unsafe withPointer { key -> [UInt8]? in
            guard let context = unsafe EVP_MD_CTX_new() else { return nil }
            defer { unsafe EVP_MD_CTX_free(context) }
            var keyContext: OpaquePointer?
            let begun =
                if let digest {
                    unsafe digest.withPointer { unsafe EVP_DigestSignInit(context, &keyContext, $0, nil, key) }
                } else {
                    unsafe EVP_DigestSignInit(context, &keyContext, nil, nil, key)
                }
            guard begun == 1, unsafe prepare(keyContext) else { return nil }
            var signature = [UInt8](repeating: 0, count: Int(unsafe EVP_PKEY_get_size(key)))
            var count = signature.count
            guard unsafe EVP_DigestSign(context, &signature, &count, message, message.count) == 1 else { return nil }
            return Array(signature.prefix(count))
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
