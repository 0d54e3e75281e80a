/// How fresh the installed keys are.
public enum KeyFreshness: Int32, Sendable {
    /// Nothing is installed.
    case none = 0
    /// They serve, and no refresh is due.
    case fresh = 1
    /// They serve, and a refresh is due.
    case due = 2
    /// They are too old to serve.
    case stale = 3
}

/// What a monitor should know of a verifier's keys. Each number is true of one moment, but not all of the same one
/// where keys are installed meanwhile.
public struct KeyHealth: Sendable, Equatable {
    public let freshness: KeyFreshness
    /// Keys that verify, and keys of the same document that were left out.
    public let keyCount: Int
    public let leftOutCount: Int
    /// The highest `sequence` seen; nil while no document had any.
    public let sequence: Int64?
    /// When the keys were fetched (Unix seconds), and how many seconds ago; 0 if nothing is installed.
    public let fetchedAt: Int64
    public let ageSeconds: Int64
    /// As `refreshDueInMilliseconds()`.
    public let refreshDueInMilliseconds: Int64
    /// Seconds until the keys have the greatest age at which they serve; 0 from then on.
    public let staleInSeconds: Int64
    /// Whether a token named a key that is not installed, since the last installation.
    public let lacksKey: Bool
    /// Attempts to refresh that failed in a row, up to 255; the one that the host was asked for last is not counted
    /// until it failed.
    public let failedAttempts: Int
    /// Documents that were installed, and that were refused, since the verifier was made.
    public let installedCount: UInt64
    public let refusedCount: UInt64
    /// How many seconds the wall clock has gone back since the installation; 0 for none beyond the leeway. Ages of keys
    /// do not heed it, but a token that expired may pass again: mend the clock.
    public let clockSetBackSeconds: Int64
}

extension KeyHealth {
    init(
        _ cache: KeyCache, _ throttle: RefreshThrottle, counts: (installed: UInt64, refused: UInt64),
        cooldownSeconds: UInt32, leewaySeconds: UInt32, at now: Instant
    ) {
        refreshDueInMilliseconds = cache.refreshDueIn(throttle, cooldownSeconds: cooldownSeconds, at: now)
        lacksKey = throttle.lacksKey
        failedAttempts = throttle.failures
        (installedCount, refusedCount) = counts
        freshness = cache.freshness(at: now)
        switch cache.state {
        case .empty:
            (keyCount, leftOutCount, sequence) = (0, 0, nil)
            (fetchedAt, ageSeconds, staleInSeconds, clockSetBackSeconds) = (0, 0, 0, 0)
        case .installed(let installation):
            (keyCount, leftOutCount) = (installation.keys.keys.count, installation.keys.leftOut.count)
            sequence = installation.sequence
            fetchedAt = installation.fetchedAt
            ageSeconds = installation.age(at: now) / 1000
            staleInSeconds = max(installation.ages.staleSeconds.subtractingClamped(ageSeconds), 0)
            clockSetBackSeconds = installation.clockSetBack(at: now, leewaySeconds: leewaySeconds)
        }
    }
}

extension KeyCache {
    /// Milliseconds until a host that polls should refresh: until one is due (at once without keys, or if a token named
    /// another), but not before the next attempt is allowed.
    func refreshDueIn(_ throttle: RefreshThrottle, cooldownSeconds: UInt32, at now: Instant) -> Int64 {
        let wait = throttle.wait(at: now, cooldownSeconds: cooldownSeconds)
        guard case .installed(let installation) = state, !throttle.lacksKey else { return wait }
        return max(wait, installation.refreshDueIn(at: now))
    }
}
