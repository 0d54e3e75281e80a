import CryptoLib

/// An Ed25519 public key in OpenSSL's form, ready to verify.
@safe final class Ed25519PublicKey: @unchecked Sendable {
    // Sendable: the template is never used but to be copied.

    /// An initialised context, which holds the key. One that has verified is not used again: newer versions of
    /// OpenSSL refuse that.
    private let template: OpaquePointer

    /// Builds the key from a point's 32 bytes, which `KeyRules` has found acceptable, and uses it once. Throws
    /// `noMemory`, or `internalFailure` if OpenSSL cannot do that.
    static func make(point: [UInt8]) throws(VerifyError) -> Ed25519PublicKey {
        try ErrorQueue.leavingUntouched { () throws(VerifyError) in
            guard let template = unsafe template(point: point) else {
                throw ErrorQueue.failure(settingUp: "Ed25519")
            }
            let key = unsafe Ed25519PublicKey(takingOwnershipOf: template)
            // The first use has OpenSSL look SHA-512 up under a lock that it writes under; later ones only read there.
            let zeros = InlineArray<64, UInt8>(repeating: 0)
            _ = try key.isSignature(zeros.span, of: zeros.span)
            return key
        }
    }

    // Embedded Swift leaks an object whose init throws (6.3), so what can fail comes before the object.
    private init(takingOwnershipOf template: OpaquePointer) {
        unsafe self.template = template
    }

    deinit {
        unsafe EVP_MD_CTX_free(template)
    }

    /// Whether `signature` is this key's Ed25519 signature of `message` (RFC 8032 §5.1.7). OpenSSL computes S·B - k·A,
    /// compares it with R as bytes, and refuses S ≥ L. The caller sees to OpenSSL's error queue.
    ///
    /// Throws `noMemory` if it could not be checked; but OpenSSL's answer to want of memory is that to a wrong signature.
    /// After a refusal there is a look whether memory can be had. If other threads took the last of it and gave it back
    /// within these microseconds, a good signature is refused.
    func isSignature(_ signature: Span<UInt8>, of message: Span<UInt8>) throws(VerifyError) -> Bool {
        guard signature.count == 64 else { return false }
        guard let context = unsafe EVP_MD_CTX_new() else { throw VerifyError(.noMemory) }
        defer { unsafe EVP_MD_CTX_free(context) }
        guard unsafe EVP_MD_CTX_copy_ex(context, template) == 1 else { throw VerifyError(.noMemory) }
        let holds = unsafe signature.withUnsafeBufferPointer { signature in
            unsafe message.withUnsafeBufferPointer { message in
                unsafe EVP_DigestVerify(
                    context, signature.baseAddress, signature.count, message.baseAddress, message.count) == 1
            }
        }
        if !holds { try ErrorQueue.requireMemory() }
        return holds
    }

    /// A context that verifies with the key of this point.
    private static func template(point: [UInt8]) -> OpaquePointer? {
        guard let key = unsafe PublicKeyImport.ed25519(point: point) else { return nil }
        defer { unsafe EVP_PKEY_free(key) }
        guard let context = unsafe EVP_MD_CTX_new() else { return nil }
        guard unsafe EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1 else {
            unsafe EVP_MD_CTX_free(context)
            return nil
        }
        return unsafe context
    }
}
