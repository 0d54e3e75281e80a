internal import Synchronization

/// The signing keys of this moment: who signs, what verifiers are told, and how that changes.
///
/// The books decide; this remembers what they said last. Any thread; every answer is of one moment, whole.
final class KeyRing: Sendable {
    /// What the books said last, made ready for use.
    private struct Moment: Sendable {
        let rotation: Rotation
        let signer: TokenSigner
        let document: JWKSDocument
    }

    private let books: KeyBooks
    private let moment: Mutex<Moment>

    /// Unseals the keys in `store`, or makes the first two when there are none.
    ///
    /// Throws `IssuerError.signing`, with what to do, when `masterKey` is not the one that they were sealed under.
    static func open(
        store: any Store, masterKey: MasterKey, algorithm: SignatureAlgorithm, jwksMaxAgeSeconds: Int64,
        rotationSeconds: Int64, now: Instant
    ) async throws -> KeyRing {
        try await open(
            KeyBooks(
                store: store, masterKey: masterKey, algorithm: algorithm,
                schedule: RotationSchedule(periodSeconds: rotationSeconds, jwksMaxAgeSeconds: jwksMaxAgeSeconds),
                makeKey: KeyGeneration.onOwnThread),
            now: now)
    }

    static func open(_ books: KeyBooks, now: Instant) async throws -> KeyRing {
        var found = try await books.read()
        if found.rotation.isUnstarted {
            let offers = try await books.offers(2)
            try await books.transaction { tx in
                _ = try books.apply(.started, at: now, offers: offers, by: .issuer, in: tx)
            }
            found = try await books.read()
        }
        return KeyRing(books, try Self.moment(found, masterKey: books.masterKey, held: nil))
    }

    private init(_ books: KeyBooks, _ moment: consuming sending Moment) {
        self.books = books
        self.moment = Mutex(moment)
    }

    /// The key under which claims are recorded now.
    var signingKeyID: String { signer.signingKeyID }

    var signer: TokenSigner { moment.withLock { $0.signer } }

    /// Somebody has changed the keys, and this issuer has not learned of it yet: `learn` and decide again.
    struct Outdated: Error {}

    /// Who signs as of a transaction that has read the key set's number. So no two issuers ever sign with different keys.
    func signer(ofKeySet sequence: Int64) throws -> TokenSigner {
        try moment.withLock { moment in
            guard moment.rotation.sequence == sequence else { throw Outdated() }
            return moment.signer
        }
    }

    /// The key set as verifiers fetch it. Made anew only when it changes.
    var document: JWKSDocument { moment.withLock { $0.document } }

    /// See `TokenSigner.sign`.
    func sign(_ claims: SignedClaims) throws(IssuerError) -> String {
        try signer.sign(claims)
    }

    /// How the keys stand: all of one moment. `infos` has every key but those that are gone, in the order of announcement.
    var standing: (infos: [SigningKeyInfo], sequence: Int64, nextRotation: Instant) {
        let rotation = moment.withLock(\.rotation)
        return (rotation.keys.map(SigningKeyInfo.init), rotation.sequence, rotation.nextAt)
    }
}

/// How the keys change. In force here once the books hold it; at other issuers on the same store at their next `tick`.
extension KeyRing {
    /// The announced key signs from now on, and another is announced. Of two that ask at once one is carried out.
    func rotation(force: Bool) -> Rotation.Event {
        .rotationAsked(signing: signingKeyID, force: force)
    }

    /// Learns what others have changed, and does what the schedule wants by now. To be called each second or so.
    func tick(now: Instant) async throws {
        try await learn()
        var ahead = moment.withLock { $0.rotation }
        let due = ahead.apply(.ticked, at: now, freshKeys: [])
        guard due != .unchanged else { return }
        let offers = try await books.offers(due.freshKeysNeeded)
        try await books.transaction { [books] tx in
            // Where somebody else was faster, the next tick sees to what is left.
            _ = try books.apply(.ticked, at: now, offers: offers, by: .issuer, in: tx)
        }
        try await learn()
    }

    /// Carries out what somebody asks for, in a transaction of the store.
    func carryOut(
        _ event: Rotation.Event, by author: Author, at now: Instant
    ) async throws -> RotationReport {
        try await carryOut(event, by: author, at: now) { apply in
            try await books.transaction(apply)
        }
    }

    /// The same in a transaction that the caller runs, and in which `apply` is to be called at most once.
    func carryOut<Answer: Sendable>(
        _ event: Rotation.Event, by author: Author, at now: Instant,
        in transaction: (
            _ apply: @escaping @Sendable (any StoreTransaction) throws -> RotationReport
        ) async throws -> Answer
    ) async throws -> Answer {
        try await learn()
        var ahead = moment.withLock { $0.rotation }
        let offers = try await books.offers(ahead.apply(event, at: now, freshKeys: []).freshKeysNeeded)
        let answer = try await transaction { [books] tx in
            let (outcome, before, after) = try books.apply(event, at: now, offers: offers, by: author, in: tx)
            return try Self.report(outcome, event, before, after, at: now)
        }
        try await learn()
        return answer
    }

    private static func report(
        _ outcome: Rotation.Outcome, _ event: Rotation.Event, _ before: Rotation, _ after: Rotation, at now: Instant
    ) throws(IssuerError) -> RotationReport {
        switch (outcome, event) {
        case (.unknownKey, .revocationAsked(let kid)): throw .notFound(.signingKey, kid)
        case (.keyTooNew(let until), _):
            let milliseconds = until.milliseconds - now.milliseconds
            throw .signingKeyTooNew(until: until, inSeconds: max(1, (milliseconds + 999) / 1000))
        case (.freshKeysNeeded, _):
            throw .storage(.unavailable("another issuer changed the signing keys at the same moment"))
        case (.tooManyKeys, _):
            throw .invalid(
                field: "keys",
                InvalidValue(
                    code: .tooManyKeys,
                    """
                    \(Rotation.publishedMax) keys are in the key set already: wait until tokens of the oldest have \
                    expired, or revoke keys
                    """))
        case (.unchanged, _), (.changed, _), (.unknownKey, _): break
        }
        guard let report = after.report(on: event, after: before, at: now) else {
            throw .signing("The store holds no signing key.")
        }
        return report
    }

    /// Makes what the books say the present, unless it is already.
    func learn() async throws {
        guard try await books.sequence() != moment.withLock({ $0.rotation.sequence }) else { return }
        let fresh = try Self.moment(try await books.read(), masterKey: books.masterKey, held: signer)
        moment.withLock { moment in
            if moment.rotation.sequence < fresh.rotation.sequence { moment = fresh }
        }
    }
}

extension Rotation.Outcome {
    /// 0 where the event called for none.
    fileprivate var freshKeysNeeded: Int {
        if case .freshKeysNeeded(let count) = self { count } else { 0 }
    }
}

/// From the books' words to keys that sign.
extension KeyRing {
    private static func moment(
        _ entry: KeyBooks.Entry, masterKey: MasterKey, held: TokenSigner?
    ) throws(IssuerError) -> Moment {
        var signing: SigningKey?
        var announced: SigningKey?
        var retired: [SigningKey] = []
        for life in entry.rotation.keys where life.isPublished {
            let known = held?.key(life.kid)
            let key = if let known { known } else { try unsealed(life, entry.contents, masterKey) }
            if life.isSigning {
                signing = key
            } else if life.isAnnounced {
                announced = key
            } else {
                retired.insert(key, at: 0)
            }
        }
        guard let signing, let announced else { throw .signing("The store holds no signing key.") }
        return Moment(
            rotation: entry.rotation, signer: TokenSigner(signing: signing, others: [announced] + retired),
            document: JWKSDocument(
                keys: ([signing, announced] + retired).map(\.jwk), sequence: entry.rotation.sequence,
                maxAgeSeconds: entry.rotation.schedule.jwksMaxAgeSeconds))
    }

    private static func unsealed(
        _ life: KeyLife, _ contents: SigningKeys.Contents, _ masterKey: MasterKey
    ) throws(IssuerError) -> SigningKey {
        guard let sealed = contents.privates[life.kid] else {
            throw .storage(.corrupt("the private part of signing key \(life.kid) is not there"))
        }
        let key: SigningKey
        do throws(KeyError) {
            key = try SigningKey(sealed: sealed, under: masterKey, kid: life.kid, algorithm: life.algorithm)
        } catch .sealBroken {
            throw .signing(
                """
                The signing keys in the store cannot be opened with this master key. Start with the master key that they \
                were sealed with: in PAITIFY_MASTER_KEY, in the file that PAITIFY_MASTER_KEY_FILE names, or restored from \
                a backup to where it was.
                """)
        } catch {
            throw .signing("Signing key \(life.kid) cannot be read: \(error).")
        }
        guard contents.publicJWKs[life.kid] == key.jwk else {
            throw .storage(.corrupt("the public part of signing key \(life.kid) is not its private part's"))
        }
        return key
    }
}
