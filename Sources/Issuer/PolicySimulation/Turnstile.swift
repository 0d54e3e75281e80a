internal import Synchronization

/// Lets a few in at a time, and of each company one: who comes when it is full waits in line, so that nobody who keeps a
/// place taken keeps others out. Any thread; a bounded number waits.
final class Turnstile: Sendable {
    private struct State {
        var free: Int
        /// The companies that are inside or in line.
        var companies: Set<CompanyID> = []
        var line: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>
    private let waitingMax: Int

    /// `most` are inside at a time; where `waitingMax` wait, the next is refused.
    init(most: Int, waitingMax: Int) {
        state = Mutex(State(free: most))
        self.waitingMax = waitingMax
    }

    /// Runs `body` when there is a place. Throws `busy` where the company is inside or in line already, or the line is full.
    func run<Value>(for company: CompanyID, _ body: () async throws -> Value) async throws -> Value {
        try await enter(company)
        defer { leave(company) }
        return try await body()
    }

    private func enter(_ company: CompanyID) async throws {
        let isTaken = state.withLock { state -> Bool in
            let isFull = state.free == 0 && state.line.count >= waitingMax
            return isFull || !state.companies.insert(company).inserted
        }
        guard !isTaken else { throw IssuerError.busy }
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state -> Bool in
                guard state.free > 0 else {
                    state.line.append(continuation)
                    return false
                }
                state.free -= 1
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    private func leave(_ company: CompanyID) {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.companies.remove(company)
            // Who is next takes the place over.
            guard state.line.isEmpty else { return state.line.removeFirst() }
            state.free += 1
            return nil
        }
        next?.resume()
    }

    /// How many are in line.
    var waitingCount: Int { state.withLock(\.line.count) }
}
