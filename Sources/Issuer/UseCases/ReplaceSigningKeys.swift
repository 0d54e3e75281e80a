/// Gives a store other signing keys, whether or not those that it has can be opened: after the loss of the master key,
/// and after a restore. For a store that no server has open.
public enum ReplaceSigningKeys {
    /// Revokes every signing key, and makes two others, sealed with `masterKey`: in one transaction, all or nothing.
    /// What else is sealed with another master key, the kept answers that hold a new API key, is dropped. Returns which
    /// were revoked; none where there is none yet.
    public static func run(
        on store: any Store, masterKey: MasterKey, settings: IssuerSettings, at now: Instant
    ) async throws -> [String] {
        let books = KeyBooks(
            store: store, masterKey: masterKey, algorithm: settings.signingAlgorithm,
            schedule: RotationSchedule(
                periodSeconds: settings.keyRotationSeconds, jwksMaxAgeSeconds: settings.jwksMaxAgeSeconds),
            makeKey: KeyGeneration.onOwnThread)
        // One for the announced key's place, one for the place of the key that takes its own.
        let offers = try await books.offers(2)
        return try await books.transaction { tx in
            try Migrator.migrate(tx)
            let lives = try SigningKeys.lockedContents(in: tx).lives.filter(\.isPublished)
            // The announced key first: or it would sign for a moment, when the one that signs is revoked.
            let inOrder = lives.filter(\.isAnnounced) + lives.filter { !$0.isAnnounced }
            var unused = offers[...]
            for life in inOrder {
                let needed = life.isAnnounced || life.isSigning ? Array(unused.prefix(1)) : []
                let applied = try books.apply(
                    .revocationAsked(kid: life.kid), at: now, offers: needed, by: .command, in: tx)
                guard case .changed = applied.outcome else {
                    throw StorageError.corrupt("signing key \(life.kid) cannot be revoked")
                }
                unused = unused.dropFirst(needed.count)
            }
            try dropAnswers(notSealedWith: masterKey, in: tx)
            return inOrder.map(\.kid)
        }
    }

    private static func dropAnswers(notSealedWith masterKey: MasterKey, in tx: any StoreTransaction) throws {
        for answer in try IdempotencyKeys.sealedOutcomes(in: tx) {
            let context = SealedOutcome.context(answer.company, answer.environment, answer.name)
            do {
                _ = try SealedOutcome.open(answer.outcome, under: masterKey, context)
            } catch KeyError.sealBroken {
                try IdempotencyKeys.drop(answer, in: tx)
            }
        }
    }
}
