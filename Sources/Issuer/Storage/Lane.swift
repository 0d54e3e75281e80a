internal import Dispatch
internal import Synchronization

/// A serial queue of transaction bodies that are committed in groups.
///
/// The lane takes all that waits, runs each body in one database transaction, commits once, and only then answers them
/// all: under load a commit carries dozens of requests, idle it carries one. One commit a request would cost one disk
/// flush a request.
final class Lane: Sendable {
    /// What to do once the group is on disk.
    typealias Answer = @Sendable () -> Void

    /// A waiting body. `fail` answers when the group never will be on disk.
    struct Job: Sendable {
        /// When it came, by the observation's clock.
        var since: Int64 = 0
        /// Whose books it is about; nil for what belongs to no company.
        var company: CompanyID?
        /// What the body will ask for.
        var foreseen: [Foreseen] = []
        let attempt: @Sendable (any StoreTransaction) throws -> Answer
        let fail: @Sendable (any Error) -> Void
    }

    /// The most bodies in one commit: bounds how long the first waits for the last.
    static let groupMax = 128

    /// The most bodies that wait: more of them would be answered when nobody waits for the answer any more. Crowds of a
    /// thousand clients pass.
    static let waitingMax = 4096

    /// The longest that bodies wait for more to share their commit.
    static let lingerMax = DispatchTimeInterval.milliseconds(4)

    private struct State {
        var waiting: [Job] = []
        var isDraining = false
        var isClosed = false
        /// Whether the lane waits for `moreCame`.
        var isLingering = false
    }

    private let state = Mutex(State())
    private let waitingBodies = Atomic(0)
    private let waitingMax: Int
    private let queue: DispatchQueue
    private let moreCame = DispatchSemaphore(value: 0)
    private let observation: Observation
    private let lingers: @Sendable (_ waiting: Int) -> Bool
    private let commit: @Sendable (ArraySlice<Job>) -> Void
    private let rest: @Sendable () -> Void

    /// `commit` runs on the lane's thread, one group at a time, and answers every job of the group, before it returns or in the
    /// next group's course; where there is none, `rest` answers them.
    ///
    /// `lingers` is asked before each group whether so many bodies may wait for more to come: where answers have to wait
    /// for something else anyway, a commit of more of them spares work and makes none later.
    init(
        label: String, waitingMax: Int = waitingMax, observation: Observation = .none,
        lingers: @escaping @Sendable (_ waiting: Int) -> Bool = { _ in false },
        rest: @escaping @Sendable () -> Void = {}, commit: @escaping @Sendable (ArraySlice<Job>) -> Void
    ) {
        self.waitingMax = waitingMax
        self.observation = observation
        queue = DispatchQueue(label: label)
        self.lingers = lingers
        self.rest = rest
        self.commit = commit
    }

    /// Bodies that no group has taken up yet.
    var waitingCount: Int { waitingBodies.load(ordering: .relaxed) }

    /// Throws `IssuerError.busy` where as many wait as may: nothing was done then.
    func run<Value: Sendable>(
        for company: CompanyID? = nil, foreseeing foreseen: [Foreseen] = [],
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            submit(
                Job(
                    since: observation.uptime(), company: company, foreseen: foreseen,
                    attempt: { tx in
                        let value = try body(tx)
                        return { continuation.resume(returning: value) }
                    },
                    fail: { continuation.resume(throwing: $0) }))
        }
    }

    /// Refuses what comes after and returns when all that waited has been answered.
    func close() async {
        state.withLock { $0.isClosed = true }
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume() }
        }
    }

    private func submit(_ job: Job) {
        let refusal: (any Error)? = state.withLock { state in
            guard !state.isClosed else { return StorageError.unavailable("the store is closed") }
            guard waitingCount < waitingMax else { return IssuerError.busy }
            state.waiting.append(job)
            waitingBodies.add(1, ordering: .relaxed)
            if state.isLingering, !lingers(state.waiting.count) {
                state.isLingering = false
                moreCame.signal()
            }
            if !state.isDraining {
                state.isDraining = true
                // Under the lock, so that it stands in the queue before what `close` waits for.
                queue.async { self.drain() }
            }
            return nil
        }
        if let refusal { job.fail(refusal) }
    }

    private func drain() {
        while true {
            linger()
            let jobs = state.withLock { state in
                defer { state.waiting.removeAll(keepingCapacity: true) }
                state.isDraining = !state.waiting.isEmpty
                return state.waiting
            }
            if jobs.isEmpty { return rest() }
            for start in stride(from: 0, to: jobs.count, by: Self.groupMax) {
                let group = jobs[start..<min(start + Self.groupMax, jobs.count)]
                waitingBodies.subtract(group.count, ordering: .relaxed)
                commit(group)
            }
        }
    }

    private func linger() {
        let begins = state.withLock { state in
            let count = state.waiting.count
            state.isLingering = !state.isClosed && count > 0 && count < Self.groupMax && lingers(count)
            return state.isLingering
        }
        guard begins, moreCame.wait(timeout: .now() + Self.lingerMax) == .timedOut else { return }
        let isSignalled = state.withLock { state in
            defer { state.isLingering = false }
            return !state.isLingering
        }
        if isSignalled { moreCame.wait() }
    }
}
