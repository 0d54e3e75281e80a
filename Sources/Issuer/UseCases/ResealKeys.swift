/// Changes the master key. For a store that no server has open: one that runs would go on sealing with the old key.
public enum ResealKeys {
    /// What came of it.
    public enum Outcome: Sendable, Equatable {
        /// So many signing keys, and answers that hold an API key, are sealed with the new master key alone.
        case resealed(signingKeys: Int, answers: Int)
        /// They were already: an earlier attempt got that far.
        case alreadyDone
    }

    /// Whether the signing keys in `store` open with `masterKey`. False where there are none.
    public static func opens(_ store: any Store, with masterKey: MasterKey) async throws -> Bool {
        try await transaction(on: store) { tx in
            try opens(try SigningKeys.contents(in: tx), with: masterKey)
        }
    }

    /// Seals everything secret in `store` with `new` instead of `old`, in one transaction: all of it, or nothing.
    ///
    /// Throws `IssuerError.signing`, with what to do, when `old` is not the master key that it was sealed with.
    public static func run(
        on store: any Store, from old: MasterKey, to new: MasterKey, at now: Instant
    ) async throws -> Outcome {
        try await transaction(on: store) { tx in
            let contents = try SigningKeys.lockedContents(in: tx)
            if try opens(contents, with: new) { return .alreadyDone }
            do {
                for (kid, sealed) in contents.privates.sorted(by: { $0.key < $1.key }) {
                    let context = SigningKey.sealingContext(kid)
                    let secret = try Sealing.openSecret(sealed, under: old, context: context)
                    try SigningKeys.reseal(kid, as: try Sealing.seal(secret, under: new, context: context), in: tx)
                }
                let answers = try IdempotencyKeys.sealedOutcomes(in: tx)
                for answer in answers {
                    let context = SealedOutcome.context(answer.company, answer.environment, answer.name)
                    let text = try SealedOutcome.open(answer.outcome, under: old, context)
                    try IdempotencyKeys.reseal(
                        answer, as: try SealedOutcome.seal(text, under: new, context), in: tx)
                }
                try AuditTrail.append(
                    .masterKeyChanged, "master-key", before: nil, after: nil, to: .issuer, environment: .live,
                    by: .command, at: now, in: tx)
                return .resealed(signingKeys: contents.privates.count, answers: answers.count)
            } catch KeyError.sealBroken {
                throw IssuerError.signing(
                    """
                    What is sealed in the store does not open with the master key that is configured, so nothing was \
                    changed. Configure the master key that the server runs with, and try again.
                    """)
            }
        }
    }

    private static func opens(_ contents: SigningKeys.Contents, with masterKey: MasterKey) throws -> Bool {
        do {
            for (kid, sealed) in contents.privates {
                _ = try Sealing.openSecret(sealed, under: masterKey, context: SigningKey.sealingContext(kid))
            }
            return !contents.privates.isEmpty
        } catch KeyError.sealBroken {
            return false
        }
    }

    private static func transaction<Value: Sendable>(
        on store: any Store, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await IssuerError.mapping {
            try await store.globalTransaction { tx in
                try Migrator.migrate(tx)
                return try body(tx)
            }
        }
    }
}
