internal import Synchronization

/// Lets a few in at a time, and of each company one: who comes when it is full waits in line, so that nobody who keeps a
/// place taken keeps others out. Any thread; a bounded number waits.
final class Turnstile: Sendable {
    private struct State {
        var line: RequestLine
        /// The companies that are inside or in line.
        var companies: Set<CompanyID> = []
    }

    private let state: Mutex<State>

    /// `most` are inside at a time; where `waitingMax` wait, the next is refused.
    init(most: Int, waitingMax: Int) {
        state = Mutex(State(line: RequestLine(places: most, waitingMax: waitingMax)))
    }

    /// Runs `body` when there is a place. Throws `busy` where the company is inside or in line already, or the line is full.
    func run<Value>(for company: CompanyID, _ body: () async throws -> Value) async throws -> Value {
        try await RequestLine.wait { request in
            state.withLock { state in
                guard state.line.hasRoom, state.companies.insert(company).inserted else { return .refused }
                return state.line.enter(request)
            }
        }
        defer { leave(company) }
        return try await body()
    }

    private func leave(_ company: CompanyID) {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            state.companies.remove(company)
            return state.line.leave()
        }
        next?.resume(returning: true)
    }

    /// How many are in line.
    var waitingCount: Int { state.withLock(\.line.waitingCount) }
}
