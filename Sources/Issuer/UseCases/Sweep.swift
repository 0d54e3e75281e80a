internal import Synchronization

/// Housekeeping that nobody waits for. Expiry does not depend on it: whoever looks at a company lapses what is due.
public final class Sweeper: Sendable {
    /// Companies visited in one round: bounds how long the writer is kept.
    private static let companiesPerRound = 100
    /// Times that records of one company are dropped in one round, some thousands each.
    private static let purgesPerVisit = 10

    private let issuer: Issuer
    private let lastVisited = Mutex<CompanyID?>(nil)

    public init(_ issuer: Issuer) {
        self.issuer = issuer
    }

    /// One round: turns the signing keys when their time has come, writes down when API keys and sessions were last used, and visits
    /// the next few companies, lapsing what is due and dropping idempotency records, rolling counters and sessions past their time.
    ///
    /// What fails keeps nothing else from being done; the first failure is thrown when the round is over.
    public func sweep() async throws {
        let now = issuer.clock.now()
        var failures = [await failure { try await issuer.keyRing.tick(now: now) }]
        failures.append(
            await failure {
                try await issuer.write(issuer.apiKeyVerifier.usesToWrite(at: now))
                try await issuer.write(issuer.sessionMemory.sightingsToWrite(at: now))
            })
        for company in try await nextCompanies() {
            failures.append(await failure { try await visit(company, now) })
        }
        if let first = failures.compactMap(\.self).first { throw first }
    }

    private func failure(of task: () async throws -> Void) async -> IssuerError? {
        do {
            try await task()
            return nil
        } catch {
            return IssuerError(error)
        }
    }

    /// Each company in its turn, and after the last the first again.
    private func nextCompanies() async throws -> [CompanyID] {
        let after = lastVisited.withLock { $0 }
        let companies = try await IssuerError.mapping {
            try await issuer.store.globalTransaction {
                try Companies.page(after: after, limit: Self.companiesPerRound, in: $0)
            }
        }
        guard companies.count < Self.companiesPerRound else {
            lastVisited.withLock { $0 = companies.last }
            return companies
        }
        lastVisited.withLock { $0 = nil }
        // The operator's requests have records to drop, too.
        return companies + [.issuer]
    }

    private func visit(_ company: CompanyID, _ now: Instant) async throws {
        let (idleSeconds, lapsedMost) = (issuer.settings.sessionIdleSeconds, issuer.portions.lapsed)
        try await onBooks(of: company, now) { books in
            try Ledger(books).lapseDue(most: lapsedMost)
            try Sessions.purge(idleSeconds: idleSeconds, in: books)
            try Invitations.purge(in: books)
            try PasswordResets.purge(in: books)
        }
        // A busy day leaves millions: each thousand in a transaction of its own, so that others have their turn in between.
        try await repeatedly { try await onBooks(of: company, now) { try Counters.dropUnneeded(in: $0) } }
        try await repeatedly { try await onBooks(of: company, now) { try IdempotencyKeys.purge(in: $0) } }
    }

    /// As long as there may be more.
    private func repeatedly(_ purge: () async throws -> Bool) async throws {
        for _ in 0..<Self.purgesPerVisit {
            guard try await purge() else { return }
        }
    }

    private func onBooks<Value: Sendable>(
        of company: CompanyID, _ now: Instant, _ body: @escaping @Sendable (Books) throws -> Value
    ) async throws -> Value {
        try await IssuerError.mapping {
            try await issuer.telling(company) { tx, changes in
                try body(
                    Books(
                        tx: tx, companyID: company, environment: .live, now: now, policyVersion: 0, changes: changes))
            }
        }
    }
}
