/// Keeps a record of decisions.
public protocol AuditSink: AnyObject, Sendable {
    /// Hears of a decision, accepted or refused, after it was made and before the call returns, whose outcome it cannot
    /// change. Called by many threads at once; what time it takes, the verification takes as well.
    func record(_ decision: borrowing Decision)
}
