/// What a monitor should know of an audit log.
public struct AuditLogHealth: Sendable {
    /// Decisions that were recorded since the log was opened.
    public internal(set) var recordedCount: UInt64 = 0
    /// Decisions that could not be.
    public internal(set) var lostCount: UInt64 = 0
    /// Records that are in the file, and may not be on its disk.
    public internal(set) var unsyncedCount: UInt64 = 0
    /// The number of the last record; 0 if there is none.
    public internal(set) var sequence: Int64 = 0
    /// Its hash. Kept elsewhere, it shows later whether the file has been cut off before it.
    public internal(set) var lastHash = InlineArray<32, UInt8>(repeating: 0)
    /// Why something failed, the last time; empty if nothing did.
    public internal(set) var lastReason = ""
    /// When that was, in Unix seconds; 0 if never.
    public internal(set) var lastFailedAt: Int64 = 0
}
