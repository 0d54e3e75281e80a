/// An open transaction on one company's books in one environment, at one instant.
struct Books {
    let tx: any StoreTransaction
    let companyID: CompanyID
    var environment: Environment
    /// The same for everything in the transaction.
    let now: Instant
    /// What was remembered of the company's policies under this version is current.
    let policyVersion: Int64
    /// The same of its API keys and sessions.
    var keyVersion: Int64 = 0
    /// The processor that tokens are for where the request names none; nil: any.
    var defaultAudience: Audience?
    /// Who does what this transaction does.
    var author = Author.issuer
    /// The one agent that whoever asks may spend for: its idempotency keys are kept apart. Nil: any.
    var boundTo: AgentID?
    /// Whether there may be reservations, or held requests, whose time is over and which have not lapsed: more were due than
    /// one transaction lapses.
    var isBehind = false
    /// Where it is noted what becomes of authorizations; nil where nobody is to be told.
    var changes: Changes?

    /// The same company's books in that environment.
    func switched(to environment: Environment) -> Books {
        var books = self
        books.environment = environment
        return books
    }
}

/// What became of authorizations in one run of a transaction's body.
///
/// It is told once that is on disk: a body may run more than once, and what it did before the last time is undone.
final class Changes {
    private(set) var all: [Authorization] = []

    /// An authorization has changed by itself, or was resolved.
    func note(_ changed: Authorization) { all.append(changed) }
}
