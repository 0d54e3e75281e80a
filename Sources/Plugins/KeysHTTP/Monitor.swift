import POSIX

/// A lock, and a wait for what is under it to change. (Embedded Swift has no Mutex.)
@safe final class Monitor: @unchecked Sendable {
    // Sendable: it is what threads share to exclude one another.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let changes: UnsafeMutablePointer<pthread_cond_t>

    init() {
        unsafe mutex = .allocate(capacity: 1)
        unsafe changes = .allocate(capacity: 1)
        // With default attributes neither fails on Linux.
        _ = unsafe pthread_mutex_init(mutex, nil)
        _ = unsafe pthread_cond_init(changes, nil)
    }

    deinit {
        // The condition needs no destroying, and in a forked child that would wait for threads which are not there.
        _ = unsafe pthread_mutex_destroy(mutex)
        unsafe changes.deallocate()
        unsafe mutex.deallocate()
    }

    /// Runs `body` while no other thread runs one.
    func locked<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        _ = unsafe pthread_mutex_lock(mutex)
        defer { _ = unsafe pthread_mutex_unlock(mutex) }
        return try body()
    }

    /// Lets others in until one announces a change. To be called inside `locked`; may return without one.
    func waitForChange() { _ = unsafe pthread_cond_wait(changes, mutex) }

    /// Wakes all who wait for a change.
    func announceChange() { _ = unsafe pthread_cond_broadcast(changes) }
}
