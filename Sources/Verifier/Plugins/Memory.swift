import POSIX

/// Whether there is memory left to work with.
///
/// Swift cannot report a failed allocation: it traps, which would end the host. So a call asks for what it will need at
/// most, as one block, and gives it back, before it begins; and again where much more is needed than the call's
/// input is long (a JSON tree, a key). That leaves only memory that other threads take within that call's microseconds;
/// OpenSSL's allocations are checked where they are made.
package enum Memory {
    /// What any step needs beside copies of its input: small objects, and a key's first use, for which OpenSSL takes 13
    /// KB.
    package static let reserve = 1 << 16

    /// A copy for C to keep, or nil for no bytes; the caller frees it. Throws `noMemory`: Swift's own allocation would trap.
    package static func copy(_ bytes: [UInt8]) throws(VerifyError) -> UnsafeMutablePointer<UInt8>? {
        guard !bytes.isEmpty else { return nil }
        guard let block = unsafe malloc(bytes.count) else { throw VerifyError(.noMemory) }
        let start = unsafe block.bindMemory(to: UInt8.self, capacity: bytes.count)
        unsafe bytes.withUnsafeBufferPointer { source in
            if let first = source.baseAddress { unsafe start.initialize(from: first, count: source.count) }
        }
        return unsafe start
    }

    /// Gives a copy back; nil does nothing.
    package static func free(_ copy: UnsafeMutablePointer<UInt8>?) { unsafe POSIX.free(copy) }

    /// Throws `noMemory` unless `bytes` can be had now.
    package static func require(_ bytes: Int) throws(VerifyError) {
        guard posix_can_allocate(bytes) != 0 else { throw VerifyError(.noMemory) }
    }
}
