/// A set of keys as it was installed. Immutable; a class for the reason that `PublicKey` is one.
final class Installation: Sendable {
    let keys: KeySet
    /// The document as it was installed, to be saved.
    let document: [UInt8]
    /// Unix seconds; never later than the installation.
    let fetchedAt: Int64
    let installedAt: Instant
    let ages: KeyAges
    /// The highest `sequence` seen, in this document or an earlier one; nil while none had any.
    let sequence: Int64?

    init(
        keys: KeySet, document: [UInt8], fetchedAt: Int64, installedAt: Instant, ages: KeyAges, sequence: Int64?
    ) {
        self.keys = keys
        self.document = document
        self.fetchedAt = fetchedAt
        self.installedAt = installedAt
        self.ages = ages
        self.sequence = sequence
    }

    /// Milliseconds since the fetch. Of the two clocks the one that says more is believed: the wall clock counts the
    /// time that no process ran, the steady clock goes on when somebody sets the wall clock back.
    func age(at now: Instant) -> Int64 {
        let byWall = now.wallSeconds.subtractingClamped(fetchedAt).multipliedClamped(by: 1000)
        let ageAtInstallation = installedAt.wallSeconds.subtractingClamped(fetchedAt).multipliedClamped(by: 1000)
        let bySteady = now.steadyMilliseconds.subtractingClamped(installedAt.steadyMilliseconds)
            .addingClamped(ageAtInstallation)
        return max(byWall, bySteady, 0)
    }

    func freshness(at now: Instant) -> KeyFreshness {
        let age = age(at: now)
        if age / 1000 > ages.staleSeconds { return .stale }
        return age >= ages.refreshMilliseconds ? .due : .fresh
    }

    /// Milliseconds until a refresh is due; 0 if it is.
    func refreshDueIn(at now: Instant) -> Int64 {
        max(ages.refreshMilliseconds.subtractingClamped(age(at: now)), 0)
    }

    /// How many seconds the wall clock is behind what the steady clock says since the installation; 0 for no more than
    /// `leewaySeconds`. The ages of keys do not heed it, but a token's times do: an expired one may pass again.
    func clockSetBack(at now: Instant, leewaySeconds: UInt32) -> Int64 {
        let passed = now.steadyMilliseconds.subtractingClamped(installedAt.steadyMilliseconds) / 1000
        let behind = installedAt.wallSeconds.addingClamped(passed).subtractingClamped(now.wallSeconds)
        return behind > Int64(leewaySeconds) ? behind : 0
    }
}
