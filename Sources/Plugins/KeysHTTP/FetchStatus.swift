public import Verifier

/// What a monitor should know of the fetches. Times are Unix seconds by the system's clock; 0 is never.
public struct FetchStatus: Sendable {
    /// How the last fetch came out.
    public internal(set) var outcome = FetchOutcome.none
    /// The last answer's HTTP status; 0 if the last fetch brought none.
    public internal(set) var httpStatus = 0
    /// Why the last fetch failed, for people; empty if it did not.
    public internal(set) var failure = ""
    /// When the last fetch ended, and when one last brought keys that were installed.
    public internal(set) var endedAt: Int64 = 0
    public internal(set) var succeededAt: Int64 = 0
    /// How long the last fetch took.
    public internal(set) var durationMilliseconds: Int64 = 0
    /// Fetches that ended: all, those that failed, and those that brought no document since there was no other.
    public internal(set) var fetchCount: UInt64 = 0
    public internal(set) var failureCount: UInt64 = 0
    public internal(set) var unchangedCount: UInt64 = 0
    /// How the last load or save of the file came out; `ok` where there is no file.
    public internal(set) var fileStatus = VerificationStatus.ok
    /// Whether the background thread runs.
    public internal(set) var isRunning = false
    /// Whether a fetch was asked for, and none has begun since.
    public internal(set) var isWanted = false

    mutating func note(
        _ outcome: FetchOutcome, httpStatus: Int, failure: String, endedAt: Int64, durationMilliseconds: Int64
    ) {
        self.outcome = outcome
        self.httpStatus = httpStatus
        self.failure = failure
        self.endedAt = endedAt
        self.durationMilliseconds = durationMilliseconds
        fetchCount += 1
        switch outcome {
        case .changed, .unchanged:
            succeededAt = endedAt
            if outcome == .unchanged { unchangedCount += 1 }
        default: failureCount += 1
        }
    }
}
