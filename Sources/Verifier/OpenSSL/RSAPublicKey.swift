import CryptoLib

/// An RSA public key in OpenSSL's form, with the contexts that verify with it ready for use.
@safe final class RSAPublicKey: @unchecked Sendable {
    // Sendable: the template is never used but to be copied, and the copies are lent to one thread at a time.

    /// An initialised context, which holds the key. Copying it looks nothing up and takes no lock that anybody writes
    /// under: a thread never waits for one that installs, and a forked child never for one that it does not have.
    private let template: OpaquePointer
    private let contexts = ContextPool()
    private let modulus: [UInt8]
    private let sha256: SHA256

    /// Builds the key from big-endian numbers without leading zeros, which `KeyRules` has found acceptable, and uses it
    /// once. Throws `noMemory`, or `internalFailure` if OpenSSL cannot do that.
    static func make(modulus: [UInt8], exponent: [UInt8], sha256: SHA256) throws(VerifyError) -> RSAPublicKey {
        let template = try unsafe ErrorQueue.leavingUntouched { () throws(VerifyError) in
            guard let template = unsafe build(modulus: modulus, exponent: exponent) else {
                throw ErrorQueue.failure(settingUp: "RSA")
            }
            return unsafe template
        }
        let key = unsafe RSAPublicKey(takingOwnershipOf: template, modulus: modulus, sha256: sha256)
        // The first use computes what OpenSSL keeps with a key, under the key's lock. After it the lock is only ever
        // read, and of all that a use needs nothing can be missing but memory.
        let zeros = [UInt8](repeating: 0, count: modulus.count)
        _ = try key.open(zeros.span, orThrow: { ErrorQueue.failure(settingUp: "RSA") })
        return key
    }

    // Embedded Swift leaks an object whose init throws (6.3), so what can fail comes before the object.
    private init(takingOwnershipOf template: OpaquePointer, modulus: [UInt8], sha256: SHA256) {
        unsafe self.template = template
        self.modulus = modulus
        self.sha256 = sha256
    }

    deinit {
        unsafe EVP_PKEY_CTX_free(template)
    }

    /// Whether `signature` is this key's RSASSA-PKCS1-v1_5 signature with SHA-256 of `message` (RFC 8017 §8.2.2).
    ///
    /// Throws only if it could not be checked at all (`noMemory`). OpenSSL's own verification returns the same for a
    /// wrong signature and for want of memory, so the steps of the RFC are taken one by one: each has one way to fail.
    func isSignatureRS256(_ signature: Span<UInt8>, of message: Span<UInt8>) throws(VerifyError) -> Bool {
        guard signature.count == modulus.count, signature.isLess(than: modulus) else { return false }
        let expected = PKCS1Encoding.encode(try sha256.digest(of: message), byteCount: modulus.count)
        let opened = try open(signature, orThrow: { VerifyError(.noMemory) })
        return opened.span.equals(expected.span)
    }

    /// RSAVP1 (RFC 8017 §5.2.2) of as many bytes as the modulus has, whose number is below it. Throws what `failure`
    /// makes if OpenSSL cannot compute it.
    private func open(
        _ signature: Span<UInt8>, orThrow failure: () -> VerifyError
    ) throws(VerifyError) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: modulus.count)
        var output = block.mutableSpan
        try ErrorQueue.leavingUntouched { () throws(VerifyError) in
            guard let context = unsafe contexts.borrow() ?? EVP_PKEY_CTX_dup(template) else { throw failure() }
            defer { unsafe contexts.giveBack(context) }
            var count = signature.count
            let done = unsafe signature.withUnsafeBufferPointer { signature in
                unsafe output.withUnsafeMutableBufferPointer { output in
                    unsafe EVP_PKEY_verify_recover(
                        context, output.baseAddress, &count, signature.baseAddress, signature.count)
                }
            }
            guard done == 1, count == signature.count else { throw failure() }
        }
        return block
    }

    /// A context that opens signatures with the key of these numbers, without looking at what is in them.
    private static func build(modulus: [UInt8], exponent: [UInt8]) -> OpaquePointer? {
        guard let key = unsafe buildKey(modulus: modulus, exponent: exponent) else { return nil }
        defer { unsafe EVP_PKEY_free(key) }
        guard let context = unsafe EVP_PKEY_CTX_new_from_pkey(nil, key, nil) else { return nil }
        let ready =
            unsafe EVP_PKEY_verify_recover_init(context) == 1
            && EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) == 1
        guard ready else {
            unsafe EVP_PKEY_CTX_free(context)
            return nil
        }
        return unsafe context
    }

    private static func buildKey(modulus: [UInt8], exponent: [UInt8]) -> OpaquePointer? {
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

extension Span where Element == UInt8 {
    /// Whether this big-endian number is below another of as many bytes.
    fileprivate func isLess(than other: [UInt8]) -> Bool {
        for index in indices where self[index] != other[index] { return self[index] < other[index] }
        return false
    }
}
