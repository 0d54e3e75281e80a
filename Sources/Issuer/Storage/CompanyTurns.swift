internal import Synchronization

/// Long looks at the books, one at a time for each company: a company that asks for many waits for itself, and for nobody
/// else's sake. Any thread; a bounded number waits.
final class CompanyTurns: Sendable {
    static let waitingMax = 100

    /// Who waits, in order, for each company that has a look under way.
    private let waiting = Mutex<[CompanyID: [CheckedContinuation<Void, Never>]]>([:])

    /// Runs `body` when it is the company's turn. Throws `busy` where too many wait.
    func run<Value: Sendable>(
        for company: CompanyID, _ body: () async throws -> Value
    ) async throws -> Value {
        try await enter(company)
        defer { leave(company) }
        return try await body()
    }

    private func enter(_ company: CompanyID) async throws {
        let isFull = waiting.withLock { ($0[company]?.count ?? 0) >= Self.waitingMax }
        guard !isFull else { throw IssuerError.busy }
        await withCheckedContinuation { continuation in
            let isFree = waiting.withLock { waiting -> Bool in
                guard waiting[company] != nil else {
                    waiting[company] = []
                    return true
                }
                waiting[company]?.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    private func leave(_ company: CompanyID) {
        let next = waiting.withLock { waiting -> CheckedContinuation<Void, Never>? in
            guard let first = waiting[company]?.first else {
                waiting[company] = nil
                return nil
            }
            waiting[company]?.removeFirst()
            return first
        }
        next?.resume()
    }
}
