import CryptoLib

/// SHA-256, fetched once: `EVP_sha256()` would have OpenSSL look the implementation up in every operation.
@safe final class SHA256: @unchecked Sendable {
    // Sendable: a fetched EVP_MD is immutable and counted atomically.
    private let algorithm: OpaquePointer

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
        unsafe EVP_MD_free(algorithm)
    }

    /// The digest of the bytes. The caller sees to OpenSSL's error queue. Throws `noMemory`.
    func digest(of bytes: Span<UInt8>) throws(VerifyError) -> Digest {
        var digest = Digest(repeating: 0)
        var output = digest.mutableSpan
        let done = unsafe bytes.withUnsafeBytes { input in
            unsafe output.withUnsafeMutableBufferPointer { output in
                unsafe EVP_Digest(input.baseAddress, input.count, output.baseAddress, nil, algorithm, nil) == 1
            }
        }
        guard done else { throw VerifyError(.noMemory) }
        return digest
    }
}
