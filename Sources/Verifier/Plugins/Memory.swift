import POSIX

/// Whether there is memory left to work with.
///
/// Swift cannot report a failed allocation: it traps, which would end the host. So a call asks for what it will need at
/// most, as one block, and gives it back, before it begins. That leaves only memory that other threads take within that
/// call's microseconds; C allocations (OpenSSL, jansson) are checked where they are made.
package enum Memory {
    /// Throws `noMemory` unless `bytes` can be had now.
    package static func require(_ bytes: Int) throws(VerifyError) {
        guard posix_can_allocate(bytes) != 0 else { throw VerifyError(.noMemory) }
    }
}
