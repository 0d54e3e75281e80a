import CryptoLib

/// An RSA public key in OpenSSL's form, with the contexts that open signatures with it ready for use.
final class RSAPublicKey: Sendable {
    /// Bytes of the longest modulus that `KeyRules` accepts.
    static let byteCountMax = 512
    /// What a signature opens to, from its start: as many bytes as the modulus has.
    typealias Block = InlineArray<512, UInt8>

    private let contexts: ContextPool
    /// The quicker way to open a signature; nil where the contexts have to.
    private let squarings: SixteenSquarings?
    private let modulus: [UInt8]

    /// Builds the key from big-endian numbers without leading zeros, which `KeyRules` has found acceptable, and uses it
    /// once. Throws `noMemory`, or `internalFailure` if OpenSSL cannot do that.
    static func make(modulus: [UInt8], exponent: [UInt8]) throws(VerifyError) -> RSAPublicKey {
        try ErrorQueue.leavingUntouched { () throws(VerifyError) in
            guard modulus.count <= byteCountMax, let template = unsafe template(modulus: modulus, exponent: exponent)
            else { throw ErrorQueue.failure(settingUp: "RSA") }
            // Another provider than OpenSSL's own (FIPS, a security module) was chosen by somebody who wants it to do
            // the whole computation.
            let isOpenSSLsOwn = unsafe paitify_is_default_provider(EVP_PKEY_CTX_get0_provider(template)) == 1
            let contexts = unsafe ContextPool(takingOwnershipOf: template)
            let squarings = isOpenSSLsOwn && exponent == [1, 0, 1] ? SixteenSquarings.make(modulus: modulus) : nil
            let key = RSAPublicKey(contexts: contexts, squarings: squarings, modulus: modulus)
            try key.use()
            return key
        }
    }

    // Embedded Swift leaks an object whose init throws (6.3), so what can fail comes before the object.
    private init(contexts: consuming ContextPool, squarings: consuming SixteenSquarings?, modulus: [UInt8]) {
        self.contexts = contexts
        self.squarings = squarings
        self.modulus = modulus
    }

    /// The first use computes what OpenSSL keeps with a key, under the key's lock. After it the lock is only ever read,
    /// and of all that a use needs nothing can be missing but memory. If there are two ways, they have to agree.
    private func use() throws(VerifyError) {
        let number = [0] + modulus.dropFirst()  // below the modulus
        var block = Block(repeating: 0)
        guard raiseByContext(number.span, into: &block) else { throw ErrorQueue.failure(settingUp: "RSA") }
        var other = Block(repeating: 0)
        guard raise(number.span, into: &other) else { throw VerifyError(.noMemory) }
        guard block.span.equals(other.span) else { throw VerifyError(.internalFailure, "OpenSSL miscalculates.") }
    }

    var byteCount: Int { modulus.count }

    // EVP_PKEY_verify returns the same for a wrong signature and for want of memory, so the RFC's steps are taken one by
    // one: each has one way to fail. The callers see to OpenSSL's error queue.

    /// Whether `signature` is this key's RSASSA-PKCS1-v1_5 signature of the message (RFC 8017 §8.2.2). Throws `noMemory`
    /// if it could not be checked.
    func isSignatureRS256(
        _ signature: Span<UInt8>, of message: Span<UInt8>, encoding: PKCS1Encoding, sha256: SHA256
    ) throws(VerifyError) -> Bool {
        var block = Block(repeating: 0)
        guard try open(signature, into: &block) else { return false }
        return try encoding.isEncoding(block.span.extracting(first: modulus.count), of: message, sha256: sha256)
    }

    /// Whether `signature` is this key's RSASSA-PSS signature of the message (RFC 8017 §8.1.2). Throws `noMemory` if it
    /// could not be checked.
    func isSignaturePS256(
        _ signature: Span<UInt8>, of message: Span<UInt8>, sha256: SHA256
    ) throws(VerifyError) -> Bool {
        var block = Block(repeating: 0)
        guard try open(signature, into: &block) else { return false }
        let bitCount = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
        return try PSSEncoding.isEncoding(
            block.span.extracting(first: modulus.count), of: message, modulusBits: bitCount, sha256: sha256)
    }

    /// Opens a signature into the first bytes of `block`, as many as the modulus has, or returns false if it has not the
    /// modulus's length or is not below it (both sections' steps 1 and 2).
    private func open(_ signature: Span<UInt8>, into block: inout Block) throws(VerifyError) -> Bool {
        let modulus = modulus
        guard signature.count == modulus.count, signature.isLess(than: modulus.span) else { return false }
        guard raise(signature, into: &block) else { throw VerifyError(.noMemory) }
        return true
    }

    /// RSAVP1 (RFC 8017 §5.2.2) of as many bytes as the modulus has, whose number is below it.
    private func raise(_ signature: Span<UInt8>, into block: inout Block) -> Bool {
        switch squarings {
        case .some(let squarings):
            var output = block.mutableSpan
            return unsafe output.withUnsafeMutableBufferPointer { output in
                unsafe signature.withUnsafeBufferPointer { signature in
                    guard let power = output.baseAddress else { return false }
                    return unsafe squarings.raise(signature, into: power)
                }
            }
        case .none:
            return raiseByContext(signature, into: &block)
        }
    }

    private func raiseByContext(_ signature: Span<UInt8>, into block: inout Block) -> Bool {
        var output = block.mutableSpan
        let done: Bool? = unsafe output.withUnsafeMutableBufferPointer { output in
            unsafe signature.withUnsafeBufferPointer { signature in
                unsafe contexts.withContext { context in
                    var count = signature.count
                    return unsafe EVP_PKEY_verify_recover(
                        context, output.baseAddress, &count, signature.baseAddress, signature.count) == 1
                        && count == signature.count
                }
            }
        }
        return done ?? false
    }

    /// A context that opens signatures with the key of these numbers, without looking at what is in them.
    private static func template(modulus: [UInt8], exponent: [UInt8]) -> OpaquePointer? {
        guard let key = unsafe PublicKeyImport.rsa(modulus: modulus, exponent: exponent) else { return nil }
        defer { unsafe EVP_PKEY_free(key) }
        guard let context = unsafe EVP_PKEY_CTX_new_from_pkey(nil, key, nil) else { return nil }
        guard unsafe EVP_PKEY_verify_recover_init(context) == 1,
            unsafe EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) == 1
        else {
            unsafe EVP_PKEY_CTX_free(context)
            return nil
        }
        return unsafe context
    }
}
