import CryptoLib

/// An RSA public key in OpenSSL's form, with the contexts that verify with it ready for use.
@safe final class RSAPublicKey: @unchecked Sendable {
    // Sendable: the EVP_PKEY is immutable once built, and the contexts are lent to one thread at a time.
    private let key: OpaquePointer
    private let contexts = ContextPool()
    private let sha256: SHA256
    /// A signature has as many bytes as the modulus (RFC 8017 §8.2.2).
    private let signatureByteCount: Int

    /// Builds the key from big-endian numbers without leading zeros, which `KeyRules` has found acceptable. Throws
    /// `noMemory`: nothing else is left to fail.
    static func make(modulus: [UInt8], exponent: [UInt8], sha256: SHA256) throws(VerifyError) -> RSAPublicKey {
        let built = unsafe ErrorQueue.leavingUntouched { unsafe build(modulus: modulus, exponent: exponent) }
        guard let key = unsafe built else { throw VerifyError(.noMemory) }
        return unsafe RSAPublicKey(takingOwnershipOf: key, signatureByteCount: modulus.count, sha256: sha256)
    }

    // Embedded Swift leaks an object whose init throws (6.3), so what can fail comes before the object.
    private init(takingOwnershipOf key: OpaquePointer, signatureByteCount: Int, sha256: SHA256) {
        unsafe self.key = key
        self.signatureByteCount = signatureByteCount
        self.sha256 = sha256
    }

    deinit {
        unsafe EVP_PKEY_free(key)
    }

    /// Whether `signature` is this key's RSASSA-PKCS1-v1_5 signature with SHA-256 of `message` (RFC 8017 §8.2.2).
    ///
    /// Throws only if it could not be checked at all (`noMemory`).
    func isSignatureRS256(_ signature: Span<UInt8>, of message: Span<UInt8>) throws(VerifyError) -> Bool {
        guard signature.count == signatureByteCount else { return false }
        let digest = try sha256.digest(of: message)
        return try ErrorQueue.leavingUntouched { () throws(VerifyError) in
            guard let context = unsafe contexts.borrow() ?? newContextRS256() else { throw VerifyError(.noMemory) }
            defer { unsafe contexts.giveBack(context) }
            let outcome = unsafe signature.withUnsafeBufferPointer { signature in
                unsafe digest.span.withUnsafeBufferPointer { digest in
                    unsafe EVP_PKEY_verify(
                        context, signature.baseAddress, signature.count, digest.baseAddress, digest.count)
                }
            }
            if outcome != 1, ErrorQueue.saysOutOfMemory { throw VerifyError(.noMemory) }
            return outcome == 1
        }
    }

    private func newContextRS256() -> OpaquePointer? {
        guard let context = unsafe EVP_PKEY_CTX_new_from_pkey(nil, key, nil) else { return nil }
        let ready =
            unsafe EVP_PKEY_verify_init(context) == 1
            && EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1
            && sha256.withPointer { unsafe EVP_PKEY_CTX_set_signature_md(context, $0) } == 1
        guard ready else {
            unsafe EVP_PKEY_CTX_free(context)
            return nil
        }
        return unsafe context
    }

    private static func build(modulus: [UInt8], exponent: [UInt8]) -> OpaquePointer? {
        // OSSL_PARAM_BLD keeps pointers to the numbers and to the names until to_param: the numbers are freed after it,
        // and the names are static.
        guard let n = unsafe BN_bin2bn(modulus, Int32(clamping: modulus.count), nil) else { return nil }
        defer { unsafe BN_free(n) }
        guard let e = unsafe BN_bin2bn(exponent, Int32(clamping: exponent.count), nil) else { return nil }
        defer { unsafe BN_free(e) }
        guard let builder = unsafe OSSL_PARAM_BLD_new() else { return nil }
        defer { unsafe OSSL_PARAM_BLD_free(builder) }
        guard unsafe OSSL_PARAM_BLD_push_BN(builder, paitify_param_rsa_n(), n) == 1,
            unsafe OSSL_PARAM_BLD_push_BN(builder, paitify_param_rsa_e(), e) == 1,
            let parameters = unsafe OSSL_PARAM_BLD_to_param(builder)
        else { return nil }
        defer { unsafe OSSL_PARAM_free(parameters) }
        guard let context = unsafe EVP_PKEY_CTX_new_from_name(nil, "RSA", nil) else { return nil }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard unsafe EVP_PKEY_fromdata_init(context) == 1,
            unsafe EVP_PKEY_fromdata(context, &key, paitify_public_key_parts(), parameters) == 1
        else { return nil }
        return unsafe key
    }
}
