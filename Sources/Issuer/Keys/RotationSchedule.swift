/// When signing keys change, in seconds.
struct RotationSchedule: Sendable, Equatable {
    /// How long one key signs before the next takes over.
    let periodSeconds: Int64
    /// How long a verifier may go without asking for the key set again: the `max-age` it is served with.
    let jwksMaxAgeSeconds: Int64
    /// The longest life a token may be given.
    let tokenLifetimeMaxSeconds: Int64
    /// How long after its token's end an authorization can still be retried, and its token asked for.
    let graceSeconds: Int64

    /// How far a verifier's clock may be behind ours.
    private static let leewaySeconds: Int64 = 300

    init(
        periodSeconds: Int64 = 30 * 86_400, jwksMaxAgeSeconds: Int64 = 300,
        tokenLifetimeMaxSeconds: Int64 = 7 * 86_400, graceSeconds: Int64 = 3600
    ) {
        self.periodSeconds = periodSeconds
        self.jwksMaxAgeSeconds = jwksMaxAgeSeconds
        self.tokenLifetimeMaxSeconds = tokenLifetimeMaxSeconds
        self.graceSeconds = graceSeconds
    }

    /// How long a key is announced before verifiers that refresh once a max-age surely know it: one max-age for their
    /// copy to grow old, one for a copy that a proxy kept.
    var announcementSeconds: Int64 { 2 * jwksMaxAgeSeconds }

    /// From when on every verifier that keeps to the cache rules knows the announced key of `keys`, if it knows any.
    ///
    /// The first two keys came at once: whoever has the first has the second, until something else has happened.
    func knownEverywhere(_ announced: KeyLife, of keys: [KeyLife]) -> Instant {
        let isFirstSet = keys.count == 2 && keys.allSatisfy { $0.announcedAt == announced.announcedAt }
        return isFirstSet ? announced.announcedAt : announced.announcedAt.adding(seconds: announcementSeconds)
    }

    /// How long a retired key stays in the key set: until the last token that it signed has expired everywhere.
    var retentionSeconds: Int64 { tokenLifetimeMaxSeconds + graceSeconds + Self.leewaySeconds }
}
