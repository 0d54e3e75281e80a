internal import CryptoLib

/// SHA-256 (FIPS 180-4). Any thread.
public enum Digest {
    /// 32 bytes.
    public static func sha256(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        // The closure is not called when the bytes are not in one piece: then they are copied into one.
        let digest = bytes.withContiguousStorageIfAvailable { bytes in unsafe hash(UnsafeRawBufferPointer(bytes)) }
        if let digest { return digest }
        // The array lives until the closure returns.
        return unsafe Array(bytes).withUnsafeBytes { bytes in unsafe hash(bytes) }
    }

    private static func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        // SHA-256 writes 32 bytes, which is what there is room for.
        unsafe [UInt8](unsafeUninitializedCapacity: 32) { digest, count in
            let done = unsafe MessageDigest.sha256.withPointer { md in
                unsafe EVP_Digest(bytes.baseAddress, bytes.count, digest.baseAddress, nil, md, nil)
            }
            // It allocates a context and nothing more: failing here is being out of memory.
            precondition(done == 1, "SHA-256 failed")
            count = 32
        }
    }
}

/// A digest algorithm, fetched once: looking one up by name costs more than hashing a token.
///
/// Immutable once fetched and reference-counted by libcrypto, so any thread may use it.
@safe final class MessageDigest: @unchecked Sendable {
    static let sha256 = MessageDigest(named: "SHA2-256")

    // Freed by nobody: the one instance lives as long as the process.
    private let pointer: OpaquePointer

    private init(named name: String) {
        guard let pointer = unsafe EVP_MD_fetch(nil, name, nil) else {
            preconditionFailure("libcrypto has no \(name): its configuration leaves no provider that does")
        }
        unsafe self.pointer = unsafe pointer
    }

    func withPointer<Value, Failure: Error>(_ body: (OpaquePointer) throws(Failure) -> Value) throws(Failure) -> Value {
        // The pointer is valid for ever, see above.
        try unsafe body(pointer)
    }
}
