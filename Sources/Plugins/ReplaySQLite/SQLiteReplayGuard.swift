import PluginParts
public import Verifier

/// A replay guard in an SQLite file, which the processes of a host share, and which survives them.
///
/// A claim that was answered `first` is on disk, and stays claimed through a crash or a power cut. Any number of
/// threads and processes. After a fork it serves the process that opened it, and answers a child `unavailable`:
/// SQLite's connections are not for children.
public final class SQLiteReplayGuard: ReplayGuard, @unchecked Sendable {
    // Sendable: the file is used under the lock alone.
    public static let waitMillisecondsMax: Int64 = 60_000

    private let file: ClaimFile
    private let lock: Lock
    private let tally: ClaimTally
    private let clock: Clock
    private let waitMilliseconds: Int64
    private let process = OwnProcess()

    /// A guard on the file at `path`, which is made if it is not there (its folder is not).
    ///
    /// - Parameter waitMilliseconds: how long a claim waits at most for other threads and processes: 0 to
    ///   `waitMillisecondsMax`. What the disk takes comes on top.
    ///
    /// Throws `argument` for a wait out of its bounds, or a file of something else; `io`; `noMemory`.
    public convenience init(path: String, waitMilliseconds: Int64 = 2_000, clock: Clock = .system) throws(VerifyError) {
        try self.init(path: Array(path.utf8CString), waitMilliseconds: waitMilliseconds, clock: clock)
    }

    /// As above, of a path that ends in a NUL.
    package convenience init(path: [CChar], waitMilliseconds: Int64, clock: Clock) throws(VerifyError) {
        guard (0...Self.waitMillisecondsMax).contains(waitMilliseconds) else {
            throw VerifyError(.argument, "wait_ms is above \(Self.waitMillisecondsMax).")
        }
        guard path.count > 1 else { throw VerifyError(.argument, "path is empty.") }
        try Memory.require(Memory.reserve)
        // Embedded Swift leaks an object whose init throws (6.3), so what can fail comes before the object.
        let (lock, tally) = (try Lock.make(), try ClaimTally.make())
        let file = try ClaimFile.open(path, waitingUntil: Deadline(inMilliseconds: waitMilliseconds))
        self.init(file, lock, tally, clock, waitMilliseconds)
    }

    private init(_ file: ClaimFile, _ lock: Lock, _ tally: ClaimTally, _ clock: Clock, _ waitMilliseconds: Int64) {
        self.file = file
        self.lock = lock
        self.tally = tally
        self.clock = clock
        self.waitMilliseconds = waitMilliseconds
    }

    deinit {
        // SQLite's connections are not to be touched in a child, not even to be closed: the memory goes with the child.
        if !process.isThis { _ = unsafe Unmanaged.passRetained(file) }
    }

    /// What it answered, and why it could not.
    public var health: GuardHealth { tally.health }

    public func claim(
        issuer: Span<UInt8>, authorizationID: Span<UInt8>, keepUntil: Int64, transactionID: Span<UInt8>
    ) -> ReplayAnswer {
        let now = clock.wallSecondsOrNone
        guard process.isThis else {
            return tally.unavailable("The guard is that of the process that this one was forked from.", at: now)
        }
        let deadline = Deadline(inMilliseconds: waitMilliseconds)
        let told = lock.holding(within: waitMilliseconds) {
            file.wait(until: deadline)
            return unsafe issuer.withUnsafeBufferPointer { issuer in
                unsafe authorizationID.withUnsafeBufferPointer { authorizationID in
                    unsafe transactionID.withUnsafeBufferPointer { transactionID in
                        unsafe answer(issuer, authorizationID, keepUntil, transactionID, at: now)
                    }
                }
            }
        }
        return told ?? tally.unavailable("Other threads used the file for longer than wait_ms.", at: now)
    }

    private func answer(
        _ issuer: UnsafeBufferPointer<UInt8>, _ authorizationID: UnsafeBufferPointer<UInt8>, _ keepUntil: Int64,
        _ transactionID: UnsafeBufferPointer<UInt8>, at now: Int64
    ) -> ReplayAnswer {
        do throws(SQLiteFailure) {
            let outcome = try unsafe file.claim(
                issuer: issuer, authorizationID: authorizationID, keepUntil: keepUntil, transactionID: transactionID,
                at: now)
            switch outcome {
            case .answer(let answer): return tally.noting(answer)
            case .over:
                return tally.unavailable(
                    "The token has ended by the guards' clocks, and its claim may have been forgotten.", at: now)
            case .moved:
                return tally.unavailable(
                    "The file is no longer where it was opened: claims in it protect nobody.", at: now)
            }
        } catch {
            return tally.unavailable(file.words(for: error), at: now)
        }
    }
}
