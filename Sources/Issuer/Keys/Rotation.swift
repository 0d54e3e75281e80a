/// The signing keys as a state machine: event in, what to record out. No I/O, and no clock but what it is told.
///
///     announced ──▶ signing ──▶ retired ──▶ gone
///         └────────────┴───────────┴──▶ revoked
///
/// Once started, exactly one key signs and exactly one is announced, at any instant.
struct Rotation: Sendable, Equatable {
    enum Event: Sendable, Equatable {
        /// The issuer opens its books: without keys, the first two are made.
        case started
        /// Time has passed.
        case ticked
        /// Somebody wants the announced key to sign at once. `signing` is the key they saw sign: of two that ask at the
        /// same time one wins, or the second would promote a key that no verifier has seen.
        case rotationAsked(signing: String)
        case revocationAsked(kid: String)
    }

    /// A key that was generated beforehand, to be announced if the event calls for one.
    struct FreshKey: Sendable, Equatable {
        let kid: String
        let algorithm: SignatureAlgorithm
    }

    enum Outcome: Sendable, Equatable {
        case unchanged
        /// Record these, in this order: at no point do two keys sign.
        case changed([KeyLife])
        /// Nothing was done: come again with so many fresh keys.
        case freshKeysNeeded(Int)
        /// Nothing was done: as many keys are in the key set as verifiers should be asked to hold.
        case tooManyKeys
        /// Nothing was done: there is no such key.
        case unknownKey
    }

    /// The most keys in the key set. Only rotations by hand, or a period of hours, ever come near.
    static let publishedMax = 32

    let schedule: RotationSchedule
    /// Every key that is not gone, in the order of announcement.
    private(set) var keys: [KeyLife]
    /// Grows with each change of the key set, so that a verifier can refuse an older set than it has seen.
    private(set) var sequence: Int64

    /// What the books hold. Refuses what no history of events leads to.
    init(schedule: RotationSchedule, keys: [KeyLife], sequence: Int64) throws(StorageError) {
        self.schedule = schedule
        self.keys = Self.ordered(keys)
        self.sequence = sequence
        guard isUnstarted || (keys.count(where: \.isSigning) == 1 && keys.count(where: \.isAnnounced) == 1) else {
            throw .corrupt("the signing keys are not one that signs, one that is announced and others that did")
        }
    }

    var isUnstarted: Bool { keys.isEmpty && sequence == 0 }
    var signing: KeyLife? { keys.first(where: \.isSigning) }
    var announced: KeyLife? { keys.first(where: \.isAnnounced) }

    /// One order for every issuer on a store, so that their key sets have the same bytes.
    private static func ordered(_ keys: [KeyLife]) -> [KeyLife] {
        keys.sorted { ($0.announcedAt, $0.kid) < ($1.announcedAt, $1.kid) }
    }

    /// Carries out `event`, or leaves everything as it was.
    mutating func apply(_ event: Event, at now: Instant, freshKeys: [FreshKey]) -> Outcome {
        var step = Step(rotation: self, now: now, freshKeys: freshKeys)
        let refusal: Outcome? =
            switch event {
            case .started: step.start()
            case .ticked: step.tick()
            case .rotationAsked(let signing): step.rotate(from: signing)
            case .revocationAsked(let kid): step.revoke(kid)
            }
        if let refusal { return refusal }
        guard !step.written.isEmpty else { return .unchanged }
        keys = Self.ordered(step.keys.filter { if case .gone = $0.stage { false } else { true } })
        sequence += 1
        return .changed(step.written)
    }

    /// What to tell whoever asked for `event` at `now`; `previous` signed before it. Nil before the start.
    func report(on event: Event, after previous: String?, at now: Instant) -> RotationReport? {
        guard let signing, let announced else { return nil }
        let isNew = previous != signing.kid
        return RotationReport(
            signing: signing.kid, announced: announced.kid,
            retired: isNew ? keys.first { $0.kid == previous && $0.isPublished }?.kid : nil,
            warning: isNew ? earlyWarning(for: signing, at: now) : latenessWarning(event))
    }

    /// A key that signs before verifiers surely know it.
    private func earlyWarning(for key: KeyLife, at now: Instant) -> String? {
        guard now < key.announcedAt.adding(seconds: schedule.announcementSeconds) else { return nil }
        return """
            The key that signs now was announced less than \(schedule.announcementSeconds) seconds ago: verifiers that \
            have not refreshed their key set since then answer "unknown key" to its tokens until they do.
            """
    }

    /// A rotation that somebody else's has made superfluous.
    private func latenessWarning(_ event: Event) -> String? {
        guard case .rotationAsked = event else { return nil }
        return "The key that signs had just been changed by another request: nothing more was changed."
    }
}

/// What came of a change of signing keys.
public struct RotationReport: Sendable, Equatable {
    /// The key that signs now.
    public let signing: String
    /// The key that signs next.
    public let announced: String
    /// The key that signed until now, when this change retired it.
    public let retired: String?
    /// A sentence for the operator, when the change has a price.
    public let warning: String?
}
