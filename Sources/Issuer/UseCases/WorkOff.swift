extension Issuer {
    /// One request of a company does it; those that need the same wait for that.
    func workOff(_ backlog: Backlog, of principal: Principal) async throws {
        try await backlogTurns.run(for: principal.companyID) {
            while try await !step(backlog, of: principal) { try Task.checkCancellation() }
        }
    }

    /// Does a part of it. Whether nothing is left.
    func step(_ backlog: Backlog, of principal: Principal) async throws -> Bool {
        try await locked(principal.companyID) { [self] books in
            let ledger = Ledger(books.switched(to: principal.environment))
            return switch backlog {
            case .counters(let keys, let agent, let currency):
                try ledger.openFurther(keys, agent: agent, currency: currency, countedMax: portions.counted)
            case .lapses: try !ledger.lapseDue(most: portions.lapsed)
            }
        } ?? true
    }
}
