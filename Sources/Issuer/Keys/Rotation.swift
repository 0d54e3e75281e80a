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
        /// Without `force`, a key that verifiers may not know yet is not promoted.
        case rotationAsked(signing: String, force: Bool)
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
        /// Nothing was done: until then there may be verifiers that do not know the announced key.
        case keyTooNew(until: Instant)
    }

    /// The most keys in the key set. Only rotations by hand, or a period of hours, ever come near.
    static let publishedMax = 32

    let schedule: RotationSchedule
    /// Every key that is not gone, in the order of announcement.
    private(set) var keys: [KeyLife]
    /// Grows with each change of the key set, so that a verifier can refuse an older set than it has seen.
    ///
    /// At least the time of the change in seconds: books that were restored from a backup leave behind, with their first
    /// change, whatever number was reached after the backup was made.
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
            case .rotationAsked(let signing, let force): step.rotate(from: signing, force: force)
            case .revocationAsked(let kid): step.revoke(kid)
            }
        if let refusal { return refusal }
        guard !step.written.isEmpty else { return .unchanged }
        keys = Self.ordered(step.keys.filter { if case .gone = $0.stage { false } else { true } })
        sequence = max(sequence + 1, now.seconds)
        return .changed(step.written)
    }

    /// What to tell whoever asked for `event` at `now`, which led here from `before`. Nil before the start.
    func report(on event: Event, after before: Rotation, at now: Instant) -> RotationReport? {
        guard let signing, let announced else { return nil }
        let previous = before.signing?.kid
        let isNew = previous != signing.kid
        return RotationReport(
            signing: signing.kid, announced: announced.kid,
            retired: isNew ? keys.first { $0.kid == previous && $0.isPublished }?.kid : nil,
            warning: isNew ? before.earlyWarning(at: now) : latenessWarning(event))
    }

    /// The announced key signs before verifiers surely know it.
    private func earlyWarning(at now: Instant) -> String? {
        guard let announced, now < schedule.knownEverywhere(announced, of: keys) else { return nil }
        return """
            The new signing key was announced less than \(schedule.announcementSeconds) seconds ago: verifiers that \
            have not refreshed their key set since answer "unknown key" to its tokens until they do.
            """
    }

    /// A rotation that somebody else's has made superfluous.
    private func latenessWarning(_ event: Event) -> String? {
        guard case .rotationAsked = event else { return nil }
        return "Another request had just changed the signing key: nothing more was changed."
    }
}
