import Synchronization

@testable import Issuer

/// The issuer's own SQLite connection and group commit, on a disk in memory, with groups that are put together by hand and a
/// power supply that fails where it is told to.
///
/// When the power fails, what the disk has is kept: that is what a machine finds when it starts again. Whatever the old
/// process does afterwards comes to nothing, and nobody is answered any more.
final class SimulatedStore: Store {
    private struct Gathered {
        var isGathering = false
        var jobs: [Lane.Job] = []
        /// Requests that wait here, or needed no transaction.
        var arrivals = 0
        var waiter: (arrivals: Int, continuation: CheckedContinuation<Void, Never>)?
    }

    let power: Power
    private let connection: SQLiteConnection
    private let gathered = Mutex(Gathered())

    init(on disk: SimulatedDisk) throws {
        power = Power(disk)
        connection = try SQLiteConnection.open(path: disk.uri(of: "books"))
    }

    // MARK: Store

    func transaction<Value: Sendable>(
        for company: CompanyID, foreseeing: [Foreseen],
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await globalTransaction(body)
    }

    func read<Value: Sendable>(
        for company: CompanyID, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await globalTransaction(body)
    }

    func globalTransaction<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            submit(
                Lane.Job(
                    attempt: { tx in
                        let value = try body(tx)
                        return { continuation.resume(returning: value) }
                    },
                    fail: { continuation.resume(throwing: $0) }))
        }
    }

    func close() async throws { try connection.close() }

    // MARK: Groups

    /// From now on transactions wait for `commit`, in the order in which they came.
    func gather() { gathered.withLock { $0 = Gathered(isGathering: true) } }

    /// Returns when so many have arrived since `gather`.
    func wait(forArrivals arrivals: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = gathered.withLock { gathered in
                if gathered.arrivals < arrivals { gathered.waiter = (arrivals, continuation) }
                return gathered.arrivals >= arrivals
            }
            if isThere { continuation.resume() }
        }
    }

    /// Nobody waits in vain for a transaction that a request did not need.
    func arrived() {
        gathered.withLock { gathered -> CheckedContinuation<Void, Never>? in
            gathered.arrivals += 1
            guard let waiter = gathered.waiter, waiter.arrivals <= gathered.arrivals else { return nil }
            gathered.waiter = nil
            return waiter.continuation
        }?.resume()
    }

    /// Commits what waits, as one group, and goes back to committing each transaction by itself.
    func commit() {
        let jobs = gathered.withLock { gathered in
            let jobs = gathered.jobs
            gathered = Gathered()
            return jobs
        }
        commit(jobs)
    }

    private func submit(_ job: Lane.Job) {
        let waits = gathered.withLock { gathered in
            if gathered.isGathering { gathered.jobs.append(job) }
            return gathered.isGathering
        }
        if waits { arrived() } else { commit([job]) }
    }

    private func commit(_ jobs: [Lane.Job]) {
        guard !jobs.isEmpty else { return }
        let supplied = jobs.enumerated().map { index, job in
            power.supply(job, isLast: index == jobs.count - 1)
        }
        connection.commit(supplied[...])
    }
}

/// When the power fails, and what it leaves; or where the disk fails, and all goes on.
final class Power: Sendable {
    struct Failure: Sendable {
        enum Moment: Equatable, Sendable {
            /// Before the group's statement of that number, from 0.
            case beforeStatement(Int)
            case beforeCommit
            /// Before the group's write to the disk, or flush, of that number, from 0: within the commit.
            case beforeWrite(Int)
            /// After the commit, when so many of the group have been answered.
            case afterAnswers(Int)
            /// The disk refuses the group's write, or flush, of that number, from 0. The power stays on.
            case writeFails(Int)
        }

        let moment: Moment
        /// See `SimulatedDisk.image`.
        let survivors: UInt64
    }

    private struct State {
        var failure: Failure?
        var statements = 0
        var writes = 0
        var answers = 0
        var hasRefused = false
        var left: SimulatedDisk.Image?

        var isOut: Bool { left != nil }
    }

    private let disk: SimulatedDisk
    private let state = Mutex(State())

    init(_ disk: SimulatedDisk) {
        self.disk = disk
        disk.beforeChange = { [weak self] in
            guard let self else { return true }
            fail { $0 == .beforeWrite($1.writes) }
            return state.withLock { state in
                let refuses = state.failure?.moment == .writeFails(state.writes)
                state.writes += 1
                if refuses { state.hasRefused = true }
                return !refuses
            }
        }
    }

    /// Plans for the next group alone.
    func plan(_ failure: Failure?) { state.withLock { $0 = State(failure: failure) } }

    var isOut: Bool { state.withLock { $0.isOut } }

    /// Whether the disk has refused something.
    var hasRefused: Bool { state.withLock { $0.hasRefused } }

    /// What the disk holds since the power is out; nil: it is not.
    var left: SimulatedDisk.Image? { state.withLock { $0.left } }

    fileprivate func supply(_ job: Lane.Job, isLast: Bool) -> Lane.Job {
        Lane.Job(
            attempt: { [self] tx in
                let answer = try job.attempt(SuppliedTransaction(tx, power: self))
                if isLast { fail { moment, _ in moment == .beforeCommit } }
                guard !isOut else { throw StorageError.unavailable("the power is out") }
                return { [self] in answered() ? answer() : job.fail(StorageError.unavailable("the power is out")) }
            },
            fail: { [self] error in
                _ = answered()
                job.fail(error)
            })
    }

    /// Whether the next of the group is answered.
    private func answered() -> Bool {
        fail { $0 == .afterAnswers($1.answers) }
        return state.withLock { state in
            if !state.isOut { state.answers += 1 }
            return !state.isOut
        }
    }

    fileprivate func beforeStatement() -> Bool {
        fail { $0 == .beforeStatement($1.statements) }
        return state.withLock { state in
            state.statements += 1
            return !state.isOut
        }
    }

    private func fail(_ isNow: (Failure.Moment, State) -> Bool) {
        state.withLock { state in
            guard !state.isOut, let failure = state.failure, isNow(failure.moment, state) else { return }
            state.left = disk.image(survivors: failure.survivors)
        }
    }
}

/// A transaction that the power may fail within.
private final class SuppliedTransaction: StoreTransaction {
    private let transaction: any StoreTransaction
    private let power: Power

    var memory: GroupMemory { transaction.memory }

    init(_ transaction: any StoreTransaction, power: Power) {
        self.transaction = transaction
        self.power = power
    }

    func execute(_ statement: Statement, _ arguments: [SQLValue]) throws(StorageError) -> [Row] {
        guard power.beforeStatement() else { throw .unavailable("the power is out") }
        return try transaction.execute(statement, arguments)
    }
}
