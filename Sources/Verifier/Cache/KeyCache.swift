/// Which keys verify at which time: events and moments in, decisions out. It reads no clock and does no I/O.
///
/// Immutable: an event makes a new cache, which is then published whole. Verifications under way keep the one they
/// started with.
final class KeyCache: Sendable {
    /// Nothing installed yet, or one document.
    enum State: Sendable {
        case empty
        case installed(Installation)
    }

    struct Installation: Sendable {
        let keys: KeySet
        /// The document as it was installed, to be saved.
        let document: [UInt8]
        /// Unix seconds; never later than the installation.
        let fetchedAt: Int64
        let installedAt: Instant
        /// The highest `sequence` seen, in this document or an earlier one; nil while none had any.
        let sequence: Int64?

        /// Seconds since the fetch. Of the two clocks the one that says more is believed: the wall clock counts the
        /// time that no process ran, the steady clock goes on when somebody sets the wall clock back.
        func age(at now: Instant) -> Int64 {
            let byWall = now.wallSeconds.subtractingClamped(fetchedAt)
            let ageAtInstallation = installedAt.wallSeconds.subtractingClamped(fetchedAt)
            let bySteady = now.steadySeconds.subtractingClamped(installedAt.steadySeconds).addingClamped(
                ageAtInstallation)
            return max(byWall, bySteady, 0)
        }
    }

    let state: State

    /// A cache without keys.
    init() { state = .empty }

    private init(_ installation: Installation) { state = .installed(installation) }

    /// The cache after `keys`, fetched at `fetchedAt` (Unix seconds), were installed.
    ///
    /// Throws `rollback` if they are older than what was installed before: the lower `sequence` of an old document that
    /// somebody replays, or none where there was one; an earlier fetch, unless the `sequence` is higher. Throws
    /// `argument` for a time before 1970.
    func installing(
        _ keys: KeySet, document: [UInt8], fetchedAt: Int64, at now: Instant
    ) throws(VerifyError) -> KeyCache {
        guard fetchedAt >= 0 else { throw VerifyError(.argument, "fetched_at is before 1970; it is in Unix seconds.") }
        // A fetch in the future is a clock that was wrong; believed, it would let the keys live longer.
        let fetchedAt = min(fetchedAt, now.wallSeconds)
        if case .installed(let before) = state {
            try Self.refuseRollback(from: before, to: keys, fetchedAt: fetchedAt, at: now)
        }
        let installation = Installation(
            keys: keys, document: document, fetchedAt: fetchedAt, installedAt: now,
            sequence: keys.sequence ?? highestSequence)
        return KeyCache(installation)
    }

    private static func refuseRollback(
        from before: Installation, to keys: KeySet, fetchedAt: Int64, at now: Instant
    ) throws(VerifyError) {
        if let highest = before.sequence {
            guard let sequence = keys.sequence, sequence >= highest else {
                let brought = keys.sequence.map { "\($0)" } ?? "none"
                throw VerifyError(
                    .rollback, "The JWKS's sequence is \(brought), after \(highest); the installed keys still serve.")
            }
            if sequence > highest { return }
        } else if keys.sequence != nil {
            return
        }
        // A wall clock that was set back must not lock newer documents out until it has caught up.
        guard fetchedAt >= min(before.fetchedAt, now.wallSeconds) else {
            throw VerifyError(
                .rollback, "The JWKS was fetched at \(fetchedAt), before the installed one (\(before.fetchedAt)).")
        }
    }

    /// The keys that verify at `now`: throws `noKeys` before the first installation, `keysStale` once they are older
    /// than `maxStaleSeconds`.
    func keys(at now: Instant, maxStaleSeconds: UInt32) throws(VerifyError) -> KeySet {
        switch state {
        case .empty:
            throw VerifyError(.noKeys)
        case .installed(let installation):
            guard installation.age(at: now) <= Int64(maxStaleSeconds) else { throw VerifyError(.keysStale) }
            return installation.keys
        }
    }

    /// What is installed, fresh or stale; nil before the first installation.
    var installed: Installation? {
        switch state {
        case .empty: nil
        case .installed(let installation): installation
        }
    }

    private var highestSequence: Int64? {
        switch state {
        case .empty: nil
        case .installed(let installation): installation.sequence
        }
    }
}

extension Int64 {
    /// The difference, or the nearest Int64 to it: times come from outside, and nothing from outside may trap.
    func subtractingClamped(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }

    /// The sum, or the nearest Int64 to it.
    func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
