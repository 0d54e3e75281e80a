import Issuer

/// What happens between the issuer and PostgreSQL; with SQLite it all stays at 0. Any thread; no lock.
final class DatabaseMetrics: Sendable {
    private let opened = Counter()
    private let closed = Counter()
    private let retries = PerCase(RetryReason.allCases, Counter.init)
    private let lostCommits = Counter()

    func met(_ event: DatabaseEvent) {
        switch event {
        case .connected: opened.add()
        case .disconnected: closed.add()
        case .retried(let reason): retries[reason]?.add()
        case .lostCommit: lostCommits.add()
        }
    }

    func write(to page: inout Exposition) {
        // Read first: what is open is never less than nothing.
        let closed = closed.value
        page.only(
            "paitify_postgresql_connections", .gauge, "Connections to PostgreSQL that are open.",
            .integer(opened.value - closed))
        page.only(
            "paitify_postgresql_connects_total", .counter, "Connections to PostgreSQL that were opened.",
            .integer(opened.value))
        page.family(
            "paitify_postgresql_retries_total", .counter,
            "Transactions that were run again, by SQLSTATE or because the connection was lost.")
        for (reason, counter) in retries.all { page.sample(counter, ["code": reason.rawValue]) }
        page.only(
            "paitify_postgresql_unknown_commits_total", .counter,
            "Commits whose answer was lost: OUTCOME_UNKNOWN, until the Idempotency-Key is sent again.",
            .integer(lostCommits.value))
    }
}
