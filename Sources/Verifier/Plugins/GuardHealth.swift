/// What a monitor should know of a replay guard.
public struct GuardHealth: Sendable {
    /// Claims by what was answered, since the guard was made.
    public package(set) var firstCount: UInt64 = 0
    public package(set) var sameTransactionCount: UInt64 = 0
    public package(set) var seenCount: UInt64 = 0
    public package(set) var unavailableCount: UInt64 = 0
    /// Why the guard could not tell, the last time; empty if it always could.
    public package(set) var lastReason = ""
    /// When that was, in Unix seconds; 0 if never.
    public package(set) var lastUnavailableAt: Int64 = 0

    package init() {}
}
