import CryptoLib

/// SHA-256, fetched once: `EVP_sha256()` would have OpenSSL look the implementation up in every operation.
@safe package final class SHA256: @unchecked Sendable {
    // Sendable: a fetched EVP_MD is immutable and counted atomically, and a context is one thread's at a time.
    private let algorithm: OpaquePointer
    /// Contexts that wait for their next use: PS256 takes ten digests, and making a context costs half of a short one.
    private let contexts = StripedPool()

    static let byteCount = 32
    package typealias Digest = InlineArray<32, UInt8>

    /// Throws `internalFailure` if OpenSSL has none, or `noMemory`.
    package static func fetch() throws(VerifyError) -> SHA256 {
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
    package func digest(of bytes: Span<UInt8>) throws(VerifyError) -> Digest {
        try unsafe digest { context in unsafe Self.update(context, with: bytes) }
    }

    /// The digest of both, each behind its length (eight bytes, the lowest first), so that no two pairs are one text. The
    /// caller sees to OpenSSL's error queue. Throws `noMemory`.
    package func digest(ofPair one: Span<UInt8>, _ other: Span<UInt8>) throws(VerifyError) -> Digest {
        try unsafe digest { context in
            unsafe Self.update(context, withLengthOf: one) && Self.update(context, with: one)
                && Self.update(context, withLengthOf: other) && Self.update(context, with: other)
        }
    }

    private func digest(of update: (OpaquePointer) -> Bool) throws(VerifyError) -> Digest {
        guard let context = unsafe contexts.take() ?? EVP_MD_CTX_new() else { throw VerifyError(.noMemory) }
        var digest = Digest(repeating: 0)
        var output = digest.mutableSpan
        let done = unsafe output.withUnsafeMutableBufferPointer { output in
            unsafe EVP_DigestInit_ex2(context, algorithm, nil) == 1 && update(context)
                && EVP_DigestFinal_ex(context, output.baseAddress, nil) == 1
        }
        unsafe EVP_MD_CTX_free(contexts.put(context))
        guard done else { throw VerifyError(.noMemory) }
        return digest
    }

    private static func update(_ context: OpaquePointer, with bytes: Span<UInt8>) -> Bool {
        unsafe bytes.withUnsafeBytes { unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count) == 1 }
    }

    private static func update(_ context: OpaquePointer, withLengthOf bytes: Span<UInt8>) -> Bool {
        unsafe withUnsafeBytes(of: UInt64(bytes.count).littleEndian) {
            unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count) == 1
        }
    }
}
