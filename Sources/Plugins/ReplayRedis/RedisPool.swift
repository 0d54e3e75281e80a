import POSIX
import PluginParts
import RedisClient
import Verifier

/// A bounded number of connections to one server, lent to one thread at a time.
final class RedisPool: @unchecked Sendable {
    // Sendable: what changes is touched under the lock alone.
    private let session: RedisSession
    private let permits: Permits
    private let lock: Lock
    /// Connections that wait for their next use; those last used first. Never more than were asked for when it was
    /// made, so it takes no memory later.
    private var idle: [RedisConnection] = []
    /// Attempts to connect that failed, in a row.
    private var failures = 0
    /// No attempt before then.
    private var nextAttempt = Deadline(inMilliseconds: 0)
    private var lastFailure = RedisFailure("")

    /// Throws `noMemory`.
    static func make(_ options: RedisReplayGuard.Options) throws(VerifyError) -> RedisPool {
        let (permits, lock) = (try Permits.make(options.connections), try Lock.make())
        return RedisPool(RedisSession(options), permits, lock, connections: Int(options.connections))
    }

    private init(_ session: RedisSession, _ permits: Permits, _ lock: Lock, connections: Int) {
        self.session = session
        self.permits = permits
        self.lock = lock
        idle.reserveCapacity(connections)
    }

    /// Calls `body` with a connection that is nobody else's meanwhile. If it throws, the connection is closed: what was
    /// sent on it may still be done, or answered, and no other claim must take that answer for its own.
    func withConnection<Value>(
        until deadline: Deadline, _ body: (RedisConnection) throws(RedisFailure) -> Value
    ) throws(RedisFailure) -> Value {
        let outcome = permits.holdingOne(until: deadline) {
            Result { () throws(RedisFailure) in
                let connection = try open(until: deadline)
                let value = try body(connection)
                lock.holding { idle.append(connection) }
                return value
            }
        }
        guard let outcome else { throw RedisFailure("All connections were in use for longer than wait_ms.") }
        return try outcome.get()
    }

    private func open(until deadline: Deadline) throws(RedisFailure) -> RedisConnection {
        if let connection = takeIdle() { return connection }
        return try connect(until: deadline)
    }

    /// One that waits, and that the server has not closed meanwhile.
    private func takeIdle() -> RedisConnection? {
        while let connection = lock.holding({ idle.popLast() }) {
            if !connection.isSpent { return connection }
        }
        return nil
    }

    /// A new one. After a failure nobody tries for a while, and then one at a time: 50 ms, 100, 200, … 3 s.
    private func connect(until deadline: Deadline) throws(RedisFailure) -> RedisConnection {
        guard lock.holding({ mayAttempt() }) else { throw lock.holding { lastFailure } }
        do throws(RedisFailure) {
            try Memory.requireForConnection()
            let connection = try session.begin(until: deadline)
            lock.holding { failures = 0 }
            return connection
        } catch {
            lock.holding {
                lastFailure = error
                failures += 1
                nextAttempt = Deadline(inMilliseconds: delay())
            }
            throw error
        }
    }

    private func mayAttempt() -> Bool {
        guard failures > 0 else { return true }
        guard nextAttempt.remainingMilliseconds == 0 else { return false }
        nextAttempt = Deadline(inMilliseconds: delay())
        return true
    }

    /// Of three quarters to five quarters, so that processors do not all come back at once.
    private func delay() -> Int64 {
        let usual = Int64(min(50 << min(failures, 6), 3_000))
        return usual * 3 / 4 + Int64(posix_any_number() >> 32) % (usual / 2)
    }
}

extension Memory {
    /// Fails as everything about a connection does.
    fileprivate static func requireForConnection() throws(RedisFailure) {
        do throws(VerifyError) {
            try require(reserve)
        } catch {
            throw RedisFailure("Memory ran out.")
        }
    }
}
