import CryptoLib

/// SHA-256, fetched once: `EVP_sha256()` would have OpenSSL look the implementation up in every operation.
@safe final class SHA256: @unchecked Sendable {
    // Sendable: a fetched EVP_MD is immutable and counted atomically, and a context is one thread's at a time.
    private let algorithm: OpaquePointer
    /// Contexts that wait for their next use: PS256 takes ten digests, and making a context costs half of a short one.
    private let contexts = StripedPool()

    static let byteCount = 32
    typealias Digest = InlineArray<32, UInt8>

    /// Throws `internalFailure` if OpenSSL has none, or `noMemory`.
    static func fetch() throws(VerifyError) -> SHA256 {
        let fetched = try unsafe ErrorQueue.leavingUntouched { () throws(VerifyError) in
            guard let fetched = unsafe EVP_MD_fetch(nil, "SHA256", nil) else {
                throw ErrorQueue.failure(settingUp: "SHA-256")
            }
            return unsafe fetched
        }
        return unsafe SHA256(takingOwnershipOf: fetched)
    }

    // Embedded Swift leaks an object whose init throws (6.3), so what can fail comes before the object.
    private init(takingOwnershipOf algorithm: OpaquePointer) {
        unsafe self.algorithm = algorithm
    }

    deinit {
        unsafe contexts.empty { unsafe EVP_MD_CTX_free($0) }
        unsafe EVP_MD_free(algorithm)
    }

    /// The digest of the bytes. The caller sees to OpenSSL's error queue. Throws `noMemory`.
    func digest(of bytes: Span<UInt8>) throws(VerifyError) -> Digest {
        guard let context = unsafe contexts.take() ?? EVP_MD_CTX_new() else { throw VerifyError(.noMemory) }
        var digest = Digest(repeating: 0)
        var output = digest.mutableSpan
        let done = unsafe bytes.withUnsafeBytes { input in
            unsafe output.withUnsafeMutableBufferPointer { output in
                unsafe EVP_DigestInit_ex2(context, algorithm, nil) == 1
                    && EVP_DigestUpdate(context, input.baseAddress, input.count) == 1
                    && EVP_DigestFinal_ex(context, output.baseAddress, nil) == 1
            }
        }
        unsafe EVP_MD_CTX_free(contexts.put(context))
        guard done else { throw VerifyError(.noMemory) }
        return digest
    }
}
