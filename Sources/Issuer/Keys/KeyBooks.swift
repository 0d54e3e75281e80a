/// The signing keys in the store: each event of their rotation is one transaction there.
struct KeyBooks: Sendable {
    /// Makes a key that no one has seen. Suspends; never computes on the caller's thread.
    typealias KeyMaker = @Sendable (SignatureAlgorithm) async throws -> SigningKey

    let store: any Store
    let masterKey: MasterKey
    let algorithm: SignatureAlgorithm
    let schedule: RotationSchedule
    let makeKey: KeyMaker

    /// What the books say.
    struct Entry: Sendable {
        let rotation: Rotation
        let contents: SigningKeys.Contents
    }

    /// A generated key with what is to be recorded of it.
    struct Offer: Sendable {
        let fresh: Rotation.FreshKey
        let jwk: String
        let sealed: [UInt8]
    }

    /// What the books say now, all of it at one moment; locks nothing.
    func read() async throws -> Entry {
        try await IssuerError.mapping {
            try await store.read(for: .issuer) { [schedule] (tx) throws(StorageError) in
                let contents = try SigningKeys.contents(in: tx)
                return Entry(
                    rotation: try Rotation(schedule: schedule, keys: contents.lives, sequence: contents.sequence),
                    contents: contents)
            }
        }
    }

    func sequence() async throws -> Int64 {
        try await transaction { (tx) throws(StorageError) in try SigningKeys.sequence(in: tx) }
    }

    /// Carries out `event` on what the books hold, whatever anybody remembers of them, and notes each key that changed in
    /// the issuer's audit log. Gives what came of it, and the rotation as it was and as it is.
    func apply(
        _ event: Rotation.Event, at now: Instant, offers: [Offer], by author: Author, in tx: any StoreTransaction
    ) throws(StorageError) -> (outcome: Rotation.Outcome, before: Rotation, after: Rotation) {
        let contents = try SigningKeys.lockedContents(in: tx)
        let before = try Rotation(schedule: schedule, keys: contents.lives, sequence: contents.sequence)
        var after = before
        let outcome = after.apply(event, at: now, freshKeys: offers.map(\.fresh))
        guard case .changed(let lives) = outcome else { return (outcome, before, after) }
        for life in lives {
            if let offer = offers.first(where: { $0.fresh.kid == life.kid }) {
                try SigningKeys.insert(life, publicJWK: offer.jwk, sealedPrivate: offer.sealed, in: tx)
            } else {
                try SigningKeys.update(life, in: tx)
            }
            let known = before.keys.first { $0.kid == life.kid }
            try AuditTrail.append(
                life.audited, life.kid, before: known.map { SigningKeyInfo($0).json }, after: SigningKeyInfo(life).json,
                to: .issuer, environment: .live, by: author, at: now, in: tx)
        }
        try SigningKeys.setSequence(after.sequence, in: tx)
        return (outcome, before, after)
    }

    /// Fresh keys, made side by side: the first start needs two, and somebody waits for it.
    ///
    /// Before the transaction: one takes longer than a lane may wait.
    func offers(_ count: Int) async throws -> [Offer] {
        guard count > 0 else { return [] }
        do {
            return try await withThrowingTaskGroup(of: Offer.self) { [self] group in
                for _ in 0..<count {
                    group.addTask { try await offer() }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        } catch {
            throw IssuerError.signing("No signing key can be made: \(error).")
        }
    }

    private func offer() async throws -> Offer {
        let key = try await makeKey(algorithm)
        return Offer(
            fresh: Rotation.FreshKey(kid: key.kid, algorithm: key.algorithm), jwk: key.jwk,
            sealed: try key.sealed(under: masterKey))
    }

    func transaction<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await IssuerError.mapping { try await store.globalTransaction(body) }
    }
}

extension KeyLife {
    /// What the audit log calls coming to this stage.
    fileprivate var audited: AuditAction {
        switch stage {
        case .announced: .signingKeyAnnounced
        case .signing: .signingKeyActivated
        case .retired: .signingKeyRetired
        case .gone: .signingKeyRemoved
        case .revoked: .signingKeyRevoked
        }
    }
}
