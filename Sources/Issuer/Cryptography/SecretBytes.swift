internal import CryptoLib

/// Bytes that must not outlive their use: wiped when the last owner lets go, and never printed.
///
/// An array would leave copies behind wherever it grew or was copied on write.
// Written only inside init; read-only from then on, by any number of threads.
@safe final class SecretBytes: @unchecked Sendable {
    private let buffer: UnsafeMutableRawBufferPointer

    var count: Int { unsafe buffer.count }

    /// `fill` gets `count` zeroed bytes to write; they are wiped also when it throws.
    init(count: Int, fill: (UnsafeMutableRawBufferPointer) throws(KeyError) -> Void) throws(KeyError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
        unsafe buffer.initializeMemory(as: UInt8.self, repeating: 0)
        do throws(KeyError) {
            unsafe try fill(buffer)
        } catch {
            unsafe Self.release(buffer)
            throw error
        }
        unsafe self.buffer = unsafe buffer
    }

    convenience init(_ bytes: [UInt8]) throws(KeyError) {
        try unsafe self.init(count: bytes.count) { buffer in unsafe buffer.copyBytes(from: bytes) }
    }

    deinit {
        unsafe Self.release(buffer)
    }

    /// The bytes, valid until `body` returns.
    func withBytes<Value, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        // Without this, the last use of `self` could be the reading of `buffer`, and deinit run before `body`.
        defer { withExtendedLifetime(self) {} }
        return try unsafe body(UnsafeRawBufferPointer(buffer))
    }

    private static func release(_ buffer: UnsafeMutableRawBufferPointer) {
        unsafe OPENSSL_cleanse(buffer.baseAddress, buffer.count)
        unsafe buffer.deallocate()
    }
}
