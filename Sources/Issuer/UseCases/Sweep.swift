internal import Synchronization

/// Housekeeping that nobody waits for. Expiry does not depend on it: whoever looks at a company lapses what is due.
public final class Sweeper: Sendable {
    /// Companies visited in one round: bounds how long the writer is kept.
    private static let companiesPerRound = 20

    private let issuer: Issuer
    private let lastVisited = Mutex<CompanyID?>(nil)

    public init(_ issuer: Issuer) {
        self.issuer = issuer
    }

    /// One round: turns the signing keys when their time has come, writes down when API keys were last used, and visits
    /// the next few companies, lapsing what is due and dropping idempotency records past their time.
    public func sweep() async throws(IssuerError) {
        let now = issuer.clock.now()
        try await issuer.keyRing.tick(now: now)
        try await writeLastUses()
        try await visitCompanies(now)
    }

    private func writeLastUses() async throws(IssuerError) {
        for use in issuer.apiKeyVerifier.drainLastUsed() {
            try await IssuerError.mapping {
                try await issuer.store.transaction(for: use.companyID) { tx in
                    try APIKeys.touch(use.keyID, of: use.companyID, at: use.at, in: tx)
                }
            }
        }
    }

    private func visitCompanies(_ now: Instant) async throws(IssuerError) {
        let after = lastVisited.withLock { $0 }
        let companies = try await IssuerError.mapping {
            try await issuer.store.globalTransaction {
                try Companies.page(after: after, limit: Self.companiesPerRound, in: $0)
            }
        }
        for company in companies {
            try await IssuerError.mapping {
                try await issuer.store.transaction(for: company) { tx in
                    let books = Books(tx: tx, companyID: company, environment: .live, now: now, policyVersion: 0)
                    try Ledger(books).lapseDue(isLocked: false)
                    try IdempotencyKeys.purge(in: books)
                }
            }
        }
        lastVisited.withLock { $0 = companies.count < Self.companiesPerRound ? nil : companies.last }
    }
}
