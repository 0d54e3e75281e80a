internal import Synchronization

/// One at a time for each company: a company that asks for much waits for itself, and for nobody else's sake. Any thread; a
/// bounded number waits.
final class CompanyTurns: Sendable {
    static let waitingMax = 100

    /// Of each company that has something under way.
    private let lines = Mutex<[CompanyID: RequestLine]>([:])

    /// Runs `body` when it is the company's turn. Throws `busy` where too many wait.
    func run<Value: Sendable>(
        for company: CompanyID, _ body: () async throws -> Value
    ) async throws -> Value {
        try await RequestLine.wait { request in
            lines.withLock { lines in
                lines[company, default: RequestLine(places: 1, waitingMax: Self.waitingMax)].enter(request)
            }
        }
        defer { leave(company) }
        return try await body()
    }

    private func leave(_ company: CompanyID) {
        let next = lines.withLock { lines -> CheckedContinuation<Bool, Never>? in
            let next = lines[company]?.leave()
            if next == nil { lines[company] = nil }
            return next
        }
        next?.resume(returning: true)
    }
}
