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

    let state: State

    /// A cache without keys.
    init() { state = .empty }

    private init(_ installation: Installation) { state = .installed(installation) }

    /// The cache after `keys`, fetched at `fetchedAt` (Unix seconds), were installed.
    ///
    /// Throws `rollback` if they are older than what was installed before: the lower `sequence` of an old document that
    /// somebody replays, or none where there was one; where no document had any, an earlier fetch. Throws `argument` for
    /// a time before 1970.
    func installing(
        _ keys: KeySet, document: [UInt8], fetchedAt: Int64, ages: KeyAges, at now: Instant
    ) throws(VerifyError) -> KeyCache {
        guard fetchedAt >= 0 else { throw VerifyError(.argument, "fetched_at is before 1970; it is in Unix seconds.") }
        // A fetch in the future is a clock that was wrong; believed, it would let the keys live longer.
        let fetchedAt = min(fetchedAt, now.wallSeconds)
        if case .installed(let before) = state {
            try Self.refuseRollback(from: before, to: keys, fetchedAt: fetchedAt, at: now)
        }
        let installation = Installation(
            keys: keys, document: document, fetchedAt: fetchedAt, installedAt: now, ages: ages,
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
            return
        }
        guard keys.sequence == nil else { return }
        // A wall clock that was set back must not lock newer documents out until it has caught up.
        guard fetchedAt >= min(before.fetchedAt, now.wallSeconds) else {
            throw VerifyError(
                .rollback, "The JWKS was fetched at \(fetchedAt), before the installed one (\(before.fetchedAt)).")
        }
    }

    /// How fresh the keys are at `now`.
    func freshness(at now: Instant) -> KeyFreshness {
        switch state {
        case .empty: .none
        case .installed(let installation): installation.freshness(at: now)
        }
    }

    private var highestSequence: Int64? {
        switch state {
        case .empty: nil
        case .installed(let installation): installation.sequence
        }
    }
}
