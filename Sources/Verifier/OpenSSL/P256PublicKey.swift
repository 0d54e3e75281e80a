import CryptoLib

/// A P-256 public key in OpenSSL's form, with the contexts that verify with it ready for use.
final class P256PublicKey: Sendable {
    private let contexts: ContextPool

    /// Builds the key from coordinates of 32 bytes each, which `KeyRules` has found to be a point of the curve, and uses
    /// it once. Throws `noMemory`, or `internalFailure` if OpenSSL cannot do that.
    static func make(x: [UInt8], y: [UInt8]) throws(VerifyError) -> P256PublicKey {
        try ErrorQueue.leavingUntouched { () throws(VerifyError) in
            guard let template = unsafe template(point: [0x04] + x + y) else {
                throw ErrorQueue.failure(settingUp: "P-256")
            }
            let key = unsafe P256PublicKey(contexts: ContextPool(takingOwnershipOf: template))
            // The first use finds what OpenSSL finds but once: after it nothing can be missing but memory.
            var signature = InlineArray<64, UInt8>(repeating: 0)
            signature[31] = 1
            signature[63] = 1
            guard key.outcome(signature.span, of: SHA256.Digest(repeating: 0)) >= 0 else {
                throw ErrorQueue.failure(settingUp: "P-256")
            }
            return key
        }
    }

    // Embedded Swift leaks an object whose init throws (6.3), so what can fail comes before the object.
    private init(contexts: consuming ContextPool) {
        self.contexts = contexts
    }

    /// Whether `signature` is r and s, 32 bytes each (RFC 7518 §3.4), and this key's ECDSA signature of the digest
    /// (FIPS 186-5 §6.4.2). Throws `noMemory` if it could not be checked. The caller sees to OpenSSL's error queue.
    func isSignature(_ signature: Span<UInt8>, of digest: SHA256.Digest) throws(VerifyError) -> Bool {
        guard ECDSASignature.isInRange(signature) else { return false }
        switch outcome(signature, of: digest) {
        case 1: return true
        case 0: return false
        default:
            // Negative: it failed. For want of memory, or because the sum of points is the one at infinity, for which
            // OpenSSL 3 has the same answer, and which only the key's owner can bring about. So: is there memory, and
            // does it fail again?
            try ErrorQueue.requireMemory()
            let again = outcome(signature, of: digest)
            guard again >= 0 else {
                try ErrorQueue.requireMemory()
                return false
            }
            return again == 1
        }
    }

    /// What EVP_PKEY_verify answers: 1 for a signature that holds, 0 for one that does not, less if it failed.
    private func outcome(_ signature: Span<UInt8>, of digest: SHA256.Digest) -> Int32 {
        let der = ECDSASignature.der(signature)
        let outcome: Int32? = unsafe der.bytes.span.withUnsafeBufferPointer { bytes in
            unsafe digest.span.withUnsafeBufferPointer { digest in
                unsafe contexts.withContext { context in
                    unsafe EVP_PKEY_verify(context, bytes.baseAddress, der.count, digest.baseAddress, digest.count)
                }
            }
        }
        return outcome ?? -1
    }

    /// A context that verifies with the key of this point.
    private static func template(point: [UInt8]) -> OpaquePointer? {
        guard let key = unsafe PublicKeyImport.p256(point: point) else { return nil }
        defer { unsafe EVP_PKEY_free(key) }
        guard let context = unsafe EVP_PKEY_CTX_new_from_pkey(nil, key, nil) else { return nil }
        // KeyRules has checked the point; OpenSSL, which computes with it, checks it by its own rules.
        guard unsafe EVP_PKEY_public_check(context) == 1, unsafe EVP_PKEY_verify_init(context) == 1 else {
            unsafe EVP_PKEY_CTX_free(context)
            return nil
        }
        return unsafe context
    }
}
