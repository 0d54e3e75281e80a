import POSIX
package import Verifier

/// So many may do something at once; others wait, but not for ever.
@safe package final class Permits: @unchecked Sendable {
    // Sendable: a semaphore is what threads share.
    private let semaphore: UnsafeMutablePointer<sem_t>

    /// Throws `noMemory`.
    package static func make(_ count: UInt32) throws(VerifyError) -> Permits {
        guard let block = unsafe malloc(MemoryLayout<sem_t>.size) else { throw VerifyError(.noMemory) }
        let semaphore = unsafe block.bindMemory(to: sem_t.self, capacity: 1)
        guard unsafe sem_init(semaphore, 0, count) == 0 else {
            unsafe free(block)
            throw VerifyError(.internalFailure)
        }
        return unsafe Permits(takingOwnershipOf: semaphore)
    }

    private init(takingOwnershipOf semaphore: UnsafeMutablePointer<sem_t>) {
        unsafe self.semaphore = semaphore
    }

    deinit {
        unsafe sem_destroy(semaphore)
        unsafe free(semaphore)
    }

    /// Calls `body` with a permit, or returns nil if none was to be had until then.
    package func holdingOne<Result>(until deadline: Deadline, _ body: () -> Result) -> Result? {
        guard unsafe posix_lower_within(semaphore, deadline.remainingMilliseconds) != 0 else { return nil }
        defer { unsafe sem_post(semaphore) }
        return body()
    }
}
