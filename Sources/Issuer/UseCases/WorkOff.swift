extension Issuer {
    /// One request of a company does it; those that need the same wait for that.
    func workOff(_ backlog: Backlog, of principal: Principal) async throws {
        try await backlogTurns.run(for: principal.companyID) {
            while try await !step(backlog, of: principal) { try Task.checkCancellation() }
        }
    }

    /// Does a part of it. Whether nothing is left.
    func step(_ backlog: Backlog, of principal: Principal) async throws -> Bool {
        let (isDone, changed) = try await store.transaction(for: principal.companyID) { [self] tx in
            let changes = Changes()
            guard let admission = try Companies.lock(principal.companyID, in: tx) else { return (true, changes.all) }
            let books = Books(
                tx: tx, companyID: principal.companyID, environment: principal.environment, now: clock.now(),
                policyVersion: admission.policyVersion, changes: changes)
            let ledger = Ledger(books)
            switch backlog {
            case .counters(let keys, let agent, let currency):
                let isWhole = try ledger.openFurther(
                    keys, agent: agent, currency: currency, countedMax: portions.counted)
                return (isWhole, changes.all)
            case .lapses:
                return (try !ledger.lapseDue(most: portions.lapsed), changes.all)
            }
        }
        observation.changed(changed)
        return isDone
    }
}
