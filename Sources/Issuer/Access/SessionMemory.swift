internal import Synchronization

/// Somebody who is signed in, with what the dashboard shows of them.
public struct SignedIn: Sendable, Equatable {
    public internal(set) var principal: Principal
    public let token: SessionToken
    public let session: Session
    public let user: User
    public let role: Role
    public let companyName: Name
    /// The other companies that they can switch to, by name, as they were when the session was read; none in what begins
    /// one.
    public let elsewhere: [Membership]

    /// The request in which they ask, as its answer names it.
    public var requestID: String? {
        get { principal.requestID }
        set { principal.requestID = newValue }
    }

    /// What forms of this session's pages bear.
    public var csrfToken: String { token.csrfToken(in: principal.environment) }
}

/// What is remembered of sessions: which hold, and when they were used. Any thread; everything has a limit.
///
/// As with API keys, what is remembered is never the last word: a use case compares the company's key version before it
/// does anything. And nothing is remembered for more than a minute.
final class SessionMemory: Sendable {
    static let countMax = 10_000
    static let rememberedSeconds: Int64 = 60

    fileprivate struct Entry {
        var signedIn: SignedIn
        let readAt: Instant
    }

    struct Sighting: Sendable, Equatable {
        let companyID: CompanyID
        let sessionID: SessionID
        let userID: UserID
        let at: Instant
    }

    fileprivate struct State {
        var entries = RecentCache<[UInt8], Entry>(capacity: countMax)
        /// Where in `entries` each session is.
        var digests: [SessionID: [UInt8]] = [:]
        var uses = LastUses<SessionKind, (company: CompanyID, user: UserID)>(capacity: countMax)
    }

    private let state = Mutex(State())

    /// Nil for one that is not remembered, or no longer. `isUse`: it counts as one.
    func find(_ digest: [UInt8], at now: Instant, isUse: Bool) -> SignedIn? {
        state.withLock { state in
            guard let entry = state.entries.value(for: digest),
                entry.readAt.adding(seconds: Self.rememberedSeconds) > now, entry.readAt <= now,
                entry.signedIn.session.expiresAt > now
            else { return nil }
            if isUse { state.see(entry.signedIn, at: now) }
            return entry.signedIn
        }
    }

    /// Whether it was there not long ago, remembered to the second or not.
    func knows(_ digest: [UInt8]) -> Bool {
        state.withLock { $0.entries.value(for: digest) != nil }
    }

    /// The session was read from the store.
    func insert(_ signedIn: SignedIn, _ digest: [UInt8], at now: Instant, isUse: Bool) {
        state.withLock { state in
            let evicted = state.entries.insert(Entry(signedIn: signedIn, readAt: now), for: digest)
            if let evicted { state.digests[evicted.signedIn.session.id] = nil }
            state.digests[signedIn.session.id] = digest
            if isUse { state.see(signedIn, at: now) }
        }
    }

    func refresh(_ id: SessionID, keyVersion: Int64) {
        state.withLock { state in
            guard let digest = state.digests[id], var entry = state.entries.value(for: digest) else { return }
            entry.signedIn.principal.keyVersion = keyVersion
            state.entries.update(digest, to: entry)
        }
    }

    func forget(_ id: SessionID) {
        state.withLock { state in
            state.uses.forget(id)
            if let digest = state.digests.removeValue(forKey: id) { state.entries.remove(digest) }
        }
    }

    /// When the session was last used here, where that is not written down yet.
    func lastSeen(_ id: SessionID) -> Instant? {
        state.withLock { $0.uses.last(of: id) }
    }

    /// What is to be written down now: a session's use once a minute, in the order of use. `all`: also what would wait.
    func sightingsToWrite(at now: Instant, all: Bool = false) -> [Sighting] {
        state.withLock { $0.uses.toWrite(at: now, all: all) }.map { id, use in
            Sighting(companyID: use.owner.company, sessionID: id, userID: use.owner.user, at: use.at)
        }
    }
}

extension SessionMemory.State {
    fileprivate mutating func see(_ signedIn: SignedIn, at now: Instant) {
        uses.record(signedIn.session.id, of: (signedIn.principal.companyID, signedIn.user.id), at: now)
    }
}
