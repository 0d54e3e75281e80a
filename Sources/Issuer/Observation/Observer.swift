/// Is told of the issuer's work as it is done, so that somebody can count it.
///
/// Called from any thread, also from those that requests wait for: an implementation takes nanoseconds, and no lock
/// that others may hold. Nothing that it is told says which company, agent or key.
public protocol Observer: Sendable {
    /// A decision was recorded: on a request, or on one that was held before. Not for dry runs, nor for answers that
    /// are given again.
    func decided(_ authorization: Authorization)
    /// A reservation was confirmed, voided, or has lapsed.
    func resolved(_ authorization: Authorization)
    /// So many requests spent so many nanoseconds each in a stage.
    func spent(_ nanoseconds: Int64, in stage: Stage, requests: Int)
    /// The lane has committed so many transactions at once, or could not, and was busy for so long.
    func committed(transactions: Int, nanoseconds: Int64, succeeded: Bool)
    /// A request bore an API key, and this came of it.
    func checkedAPIKey(_ check: APIKeyCheck)
    /// Something has happened between the issuer and the server that keeps its books.
    func met(_ event: DatabaseEvent)
}

/// What can happen between the issuer and a database server.
public enum DatabaseEvent: Hashable, Sendable {
    case connected
    /// By whomever it was closed.
    case disconnected
    /// A transaction is run again.
    case retried(RetryReason)
    /// A COMMIT was sent, and nobody knows what became of it.
    case lostCommit
}

/// Why a transaction is run again.
public enum RetryReason: String, Sendable, CaseIterable {
    /// SQLSTATE 40001: another was in its way.
    case serialization = "40001"
    /// SQLSTATE 40P01.
    case deadlock = "40P01"
    /// SQLSTATE 23505: another has written the same row first.
    case duplicate = "23505"
    /// SQLSTATE 22012: another issuer had written the company's books, and nothing had been asked.
    case presumption = "22012"
    /// The connection was lost, or led to a server that takes no writes.
    case connection = "connection"
}

/// Where a request spends its time in the issuer.
public enum Stage: String, Sendable, CaseIterable {
    /// Until the lane takes its transaction up.
    case lane
    /// From then until the bodies of all transactions of its group have run.
    case transaction
    /// Until the group is on disk.
    case commit
    /// The signature of its token.
    case sign
}

/// What came of an API key that a request bore.
public enum APIKeyCheck: String, Sendable, CaseIterable {
    /// It had been checked before.
    case remembered
    /// It is right, by the store and bcrypt.
    case verified
    case wrong
    /// Too many wait to be checked.
    case busy
    /// The store did not answer.
    case failed
}

/// Who is told of the issuer's work, and by which clock it is timed.
public struct Observation: Sendable {
    let observer: any Observer
    private let clock: @Sendable () -> Int64

    /// `uptime` gives nanoseconds since any instant, and never goes back.
    public init(_ observer: any Observer, uptime: @escaping @Sendable () -> Int64) {
        self.observer = observer
        clock = uptime
    }

    /// Nobody is told, and no clock is read.
    public static let none = Observation(Nobody(), uptime: { 0 })

    func uptime() -> Int64 { clock() }

    /// Runs `body` as one request's stage.
    func timing<Value, Failure: Error>(_ stage: Stage, _ body: () throws(Failure) -> Value) throws(Failure) -> Value {
        let start = uptime()
        let value = try body()
        observer.spent(uptime() - start, in: stage, requests: 1)
        return value
    }

    private struct Nobody: Observer {
        func decided(_ authorization: Authorization) {}
        func resolved(_ authorization: Authorization) {}
        func spent(_ nanoseconds: Int64, in stage: Stage, requests: Int) {}
        func committed(transactions: Int, nanoseconds: Int64, succeeded: Bool) {}
        func checkedAPIKey(_ check: APIKeyCheck) {}
        func met(_ event: DatabaseEvent) {}
    }
}
