import POSIX
package import Verifier

/// A lock that waits, but not for ever. (Embedded Swift has no Mutex.)
@safe package final class Lock: @unchecked Sendable {
    // Sendable: a pthread mutex is what threads share.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>

    /// Throws `noMemory`.
    package static func make() throws(VerifyError) -> Lock {
        guard let block = unsafe malloc(MemoryLayout<pthread_mutex_t>.size) else { throw VerifyError(.noMemory) }
        let mutex = unsafe block.bindMemory(to: pthread_mutex_t.self, capacity: 1)
        guard unsafe pthread_mutex_init(mutex, nil) == 0 else {
            unsafe free(block)
            throw VerifyError(.noMemory)
        }
        return unsafe Lock(takingOwnershipOf: mutex)
    }

    private init(takingOwnershipOf mutex: UnsafeMutablePointer<pthread_mutex_t>) {
        unsafe self.mutex = mutex
    }

    deinit {
        unsafe pthread_mutex_destroy(mutex)
        unsafe free(mutex)
    }

    /// Calls `body` once no other thread is in it.
    package func holding<Result>(_ body: () -> Result) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return body()
    }

    /// The same, or nil if the lock was not to be had within so many milliseconds.
    package func holding<Result>(within milliseconds: Int64, _ body: () -> Result) -> Result? {
        guard unsafe posix_lock_within(mutex, milliseconds) != 0 else { return nil }
        defer { unsafe pthread_mutex_unlock(mutex) }
        return body()
    }
}
