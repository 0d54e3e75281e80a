import Foundation
import Synchronization

@testable import Issuer

/// The issuer's own SQLite connection and group commit, with groups that are put together by hand and a power supply that
/// fails where it is told to.
///
/// When the power fails, the files are copied as they are: that copy is what a machine finds when it starts again.
/// Whatever the old connection does afterwards comes to nothing, and nobody is answered any more.
final class SimulatedStore: Store {
    private struct Gathered {
        var isGathering = false
        var jobs: [Lane.Job] = []
        /// Requests that wait here, or needed no transaction.
        var arrivals = 0
        var waiter: (arrivals: Int, continuation: CheckedContinuation<Void, Never>)?
    }

    let path: String
    let power = Power()
    private let connection: SQLiteConnection
    private let gathered = Mutex(Gathered())

    init(path: String) throws {
        self.path = path
        connection = try SQLiteConnection.open(path: path)
    }

    // MARK: Store

    func transaction<Value: Sendable>(
        for company: CompanyID, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
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
            defer { gathered = Gathered() }
            return gathered.jobs
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
            power.supply(job, of: self, isLast: index == jobs.count - 1)
        }
        connection.commit(supplied[...])
    }

    /// The files as they are now, under another name.
    fileprivate func copyFiles() throws {
        for ending in ["", "-wal"] where FileManager.default.fileExists(atPath: path + ending) {
            try FileManager.default.copyItem(atPath: path + ending, toPath: path + "+" + ending)
        }
    }
}

/// When the power fails, and whether it has.
final class Power: Sendable {
    enum Failure: Equatable, Sendable {
        /// Before the group's statement of that number, from 0.
        case beforeStatement(Int)
        case beforeCommit
        /// After the commit, when so many of the group have been answered.
        case afterAnswers(Int)
    }

    private struct State {
        var failure: Failure?
        var statements = 0
        var answers = 0
        var isOut = false
    }

    private let state = Mutex(State())

    /// Plans for the next group alone.
    func plan(_ failure: Failure?) { state.withLock { $0 = State(failure: failure) } }

    var isOut: Bool { state.withLock { $0.isOut } }

    fileprivate func supply(_ job: Lane.Job, of store: SimulatedStore, isLast: Bool) -> Lane.Job {
        Lane.Job(
            attempt: { [self] tx in
                let answer = try job.attempt(SuppliedTransaction(tx, of: store))
                if isLast { fail(store) { $0.failure == .beforeCommit } }
                guard !isOut else { throw StorageError.unavailable("the power is out") }
                return { [self] in answered(store) ? answer() : job.fail(StorageError.unavailable("the power is out")) }
            },
            fail: { [self] error in
                _ = answered(store)
                job.fail(error)
            })
    }

    /// Whether the next of the group is answered.
    private func answered(_ store: SimulatedStore) -> Bool {
        fail(store) { $0.failure == .afterAnswers($0.answers) }
        return state.withLock { state in
            if !state.isOut { state.answers += 1 }
            return !state.isOut
        }
    }

    fileprivate func beforeStatement(_ store: SimulatedStore) -> Bool {
        fail(store) { $0.failure == .beforeStatement($0.statements) }
        return state.withLock { state in
            state.statements += 1
            return !state.isOut
        }
    }

    private func fail(_ store: SimulatedStore, _ isNow: (State) -> Bool) {
        let fails = state.withLock { state in
            guard !state.isOut, isNow(state) else { return false }
            state.isOut = true
            return true
        }
        guard fails else { return }
        do { try store.copyFiles() } catch { preconditionFailure("the files cannot be copied: \(error)") }
    }
}

/// A transaction that the power may fail within.
private final class SuppliedTransaction: StoreTransaction {
    private let transaction: any StoreTransaction
    private let store: SimulatedStore

    var memory: GroupMemory { transaction.memory }

    init(_ transaction: any StoreTransaction, of store: SimulatedStore) {
        self.transaction = transaction
        self.store = store
    }

    func execute(_ statement: Statement, _ arguments: [SQLValue]) throws(StorageError) -> [Row] {
        guard store.power.beforeStatement(store) else { throw .unavailable("the power is out") }
        return try transaction.execute(statement, arguments)
    }
}
