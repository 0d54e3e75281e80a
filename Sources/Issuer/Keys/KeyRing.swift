internal import Synchronization

/// The signing keys of this moment: who signs, what verifiers are told, and how that changes.
///
/// The books decide; this remembers what they said last. Any thread; every answer is of one moment, whole.
public final class KeyRing: Sendable {
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
    public static func open(
        store: any Store, masterKey: MasterKey, jwksMaxAgeSeconds: Int64, rotationSeconds: Int64, now: Instant
    ) async throws(IssuerError) -> KeyRing {
        try await open(
            KeyBooks(
                store: store, masterKey: masterKey, algorithm: .rs256,
                schedule: RotationSchedule(periodSeconds: rotationSeconds, jwksMaxAgeSeconds: jwksMaxAgeSeconds),
                makeKey: KeyGeneration.onOwnThread),
            now: now)
    }

    static func open(_ books: KeyBooks, now: Instant) async throws(IssuerError) -> KeyRing {
        let found = try await books.read()
        let entry = found.rotation.isUnstarted ? try await books.carryOut(.started, at: now, likelyKeys: 2) : found
        return KeyRing(books, try Self.moment(entry, masterKey: books.masterKey, held: nil))
    }

    private init(_ books: KeyBooks, _ moment: consuming sending Moment) {
        self.books = books
        self.moment = Mutex(moment)
    }

    /// The key under which claims are recorded now.
    public var signingKeyID: String { signer.signingKeyID }

    public var signer: TokenSigner { moment.withLock(\.signer) }

    /// The key set as verifiers fetch it. Made anew only when it changes.
    public var document: JWKSDocument { moment.withLock(\.document) }

    /// See `TokenSigner.sign`.
    public func sign(_ claims: SignedClaims) throws(IssuerError) -> String {
        try signer.sign(claims)
    }

    /// Every key but those that are gone, in the order of announcement.
    public func infos() -> [SigningKeyInfo] {
        moment.withLock(\.rotation).keys.compactMap(SigningKeyInfo.init)
    }
}

/// How the keys change. In force here once the books hold it; at other issuers on the same store at their next `tick`.
extension KeyRing {
    /// The announced key signs from now on, and another is announced. Of two that ask at once one is carried out.
    public func rotate(now: Instant) async throws(IssuerError) -> RotationReport {
        try await carryOut(.rotationAsked(signing: signingKeyID), at: now)
    }

    /// Takes a key out of the key set at once and destroys its private part. When it was the one that signs, the announced
    /// key signs at once. Revoking a key again changes nothing.
    public func revoke(kid: String, now: Instant) async throws(IssuerError) -> RotationReport {
        try await carryOut(.revocationAsked(kid: kid), at: now)
    }

    /// Learns what others have changed, and does what the schedule wants by now. To be called each second or so.
    public func tick(now: Instant) async throws(IssuerError) {
        if try await books.sequence() != moment.withLock(\.rotation.sequence) {
            try install(try await books.read())
        }
        var ahead = moment.withLock(\.rotation)
        guard ahead.apply(.ticked, at: now, freshKeys: []) != .unchanged else { return }
        _ = try await carryOut(.ticked, at: now)
    }

    private func carryOut(_ event: Rotation.Event, at now: Instant) async throws(IssuerError) -> RotationReport {
        // What is remembered says how many keys to generate first; the books have the last word.
        var ahead = moment.withLock(\.rotation)
        let likelyKeys =
            if case .freshKeysNeeded(let count) = ahead.apply(event, at: now, freshKeys: []) { count } else { 0 }
        let entry = try await books.carryOut(event, at: now, likelyKeys: likelyKeys)
        try install(entry)
        return try Self.report(entry, event, at: now)
    }

    private static func report(
        _ entry: KeyBooks.Entry, _ event: Rotation.Event, at now: Instant
    ) throws(IssuerError) -> RotationReport {
        switch (entry.outcome, event) {
        case (.unknownKey, .revocationAsked(let kid)): throw .notFound(.signingKey, kid)
        case (.tooManyKeys, _):
            throw .invalid(
                field: "keys",
                InvalidValue(
                    code: "TOO_MANY_KEYS",
                    """
                    \(Rotation.publishedMax) keys are in the key set already: wait until tokens of the oldest have \
                    expired, or revoke keys
                    """))
        case (.unchanged, _), (.changed, _), (.freshKeysNeeded, _), (.unknownKey, _): break
        }
        guard let report = entry.rotation.report(on: event, after: entry.previous, at: now) else {
            throw .signing("The store holds no signing key.")
        }
        return report
    }

    /// Makes what the books say the present, unless something newer is already.
    private func install(_ entry: KeyBooks.Entry) throws(IssuerError) {
        let fresh = try Self.moment(entry, masterKey: books.masterKey, held: signer)
        moment.withLock { moment in
            if moment.rotation.sequence < fresh.rotation.sequence { moment = fresh }
        }
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
            let known = held?.key(life.kid) ?? entry.made.first { $0.kid == life.kid }
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
