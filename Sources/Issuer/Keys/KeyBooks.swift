/// The signing keys in the store: each event of their rotation is one transaction there.
struct KeyBooks: Sendable {
    /// Makes a key that no one has seen. Suspends; never computes on the caller's thread.
    typealias KeyMaker = @Sendable (SignatureAlgorithm) async throws(KeyError) -> SigningKey

    let store: any Store
    let masterKey: MasterKey
    let algorithm: SignatureAlgorithm
    let schedule: RotationSchedule
    let makeKey: KeyMaker

    /// What the books say once an event has been carried out.
    struct Entry: Sendable {
        let rotation: Rotation
        let outcome: Rotation.Outcome
        /// The key that signed before.
        let previous: String?
        let contents: SigningKeys.Contents
        /// Keys that were generated for this event; those that it called for are in `rotation`.
        let made: [SigningKey]
    }

    /// A generated key with what is to be recorded of it.
    private struct Offer: Sendable {
        let key: SigningKey
        let sealed: [UInt8]

        var fresh: Rotation.FreshKey { Rotation.FreshKey(kid: key.kid, algorithm: key.algorithm) }
    }

    /// What the books say now; locks nothing.
    func read() async throws(IssuerError) -> Entry {
        try await transaction { [schedule] (tx) throws(StorageError) in
            let contents = try SigningKeys.contents(in: tx)
            let rotation = try Rotation(schedule: schedule, keys: contents.lives, sequence: contents.sequence)
            return Entry(
                rotation: rotation, outcome: .unchanged, previous: rotation.signing?.kid, contents: contents, made: [])
        }
    }

    func sequence() async throws(IssuerError) -> Int64 {
        try await transaction { (tx) throws(StorageError) in try SigningKeys.sequence(in: tx) }
    }

    /// Carries out `event` on what the books hold, whatever anybody remembers of them.
    ///
    /// Keys are generated before the transaction, `likelyKeys` of them at first: one takes longer than a lane may wait.
    func carryOut(
        _ event: Rotation.Event, at now: Instant, likelyKeys: Int
    ) async throws(IssuerError) -> Entry {
        var offers = try await offers(likelyKeys)
        while true {
            let entry = try await transaction { [schedule, offers] (tx) throws(StorageError) in
                try Self.apply(event, at: now, schedule: schedule, offers: offers, in: tx)
            }
            guard case .freshKeysNeeded(let count) = entry.outcome else { return entry }
            // At most once: no event calls for more keys than it says.
            offers += try await self.offers(count - offers.count)
        }
    }

    private static func apply(
        _ event: Rotation.Event, at now: Instant, schedule: RotationSchedule, offers: [Offer],
        in tx: any StoreTransaction
    ) throws(StorageError) -> Entry {
        let before = try SigningKeys.lockedContents(in: tx)
        var rotation = try Rotation(schedule: schedule, keys: before.lives, sequence: before.sequence)
        let previous = rotation.signing?.kid
        let outcome = rotation.apply(event, at: now, freshKeys: offers.map(\.fresh))
        if case .changed(let lives) = outcome {
            for life in lives {
                if let offer = offers.first(where: { $0.key.kid == life.kid }) {
                    try SigningKeys.insert(life, publicJWK: offer.key.jwk, sealedPrivate: offer.sealed, in: tx)
                } else {
                    try SigningKeys.update(life, in: tx)
                }
            }
            try SigningKeys.setSequence(rotation.sequence, in: tx)
        }
        return Entry(
            rotation: rotation, outcome: outcome, previous: previous, contents: try SigningKeys.contents(in: tx),
            made: offers.map(\.key))
    }

    /// Made side by side: the first start needs two, and somebody waits for it.
    private func offers(_ count: Int) async throws(IssuerError) -> [Offer] {
        guard count > 0 else { return [] }
        let results = await withTaskGroup(of: Result<Offer, KeyError>.self) { [self] group in
            for _ in 0..<count {
                group.addTask { await offer() }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        do throws(KeyError) {
            return try results.map { (result) throws(KeyError) in try result.get() }
        } catch {
            throw .signing("No signing key can be made: \(error).")
        }
    }

    private func offer() async -> Result<Offer, KeyError> {
        do throws(KeyError) {
            let key = try await makeKey(algorithm)
            return .success(Offer(key: key, sealed: try key.sealed(under: masterKey)))
        } catch {
            return .failure(error)
        }
    }

    private func transaction<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws(StorageError) -> Value
    ) async throws(IssuerError) -> Value {
        try await IssuerError.mapping { try await store.globalTransaction(body) }
    }
}
