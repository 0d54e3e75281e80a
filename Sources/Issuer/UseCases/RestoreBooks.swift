/// Makes books from a backup fit to go on with. For a store that no server has open.
///
/// They are a past state: their budgets are free of what was authorized since, and the tokens of that time are still
/// valid at processors. So every key that could have signed one is revoked, also those that are retired: one of them
/// may have been revoked since, because it leaked. A key that was made since is unknown to these books, and so gone
/// from the key set. In the same way every session ends and every link opens nothing: one of them may have been revoked
/// since.
public enum RestoreBooks {
    /// What was ended, so that nothing of the lost time goes on.
    public struct Report: Sendable {
        public let revokedKeys: [String]
        public let endedSessions: Int
        /// To join, or to set another password.
        public let withdrawnLinks: Int
    }

    /// Brings the schema up to date, notes in the issuer's own log that what follows continues a backup, and revokes
    /// every signing key unless nothing was lost.
    ///
    /// Where keys are kept, throws `IssuerError.signing` if `masterKey` is not the one that they are sealed with; else
    /// any will do.
    public static func run(
        on store: any Store, masterKey: MasterKey, settings: IssuerSettings, keepingSigningKeys: Bool, at now: Instant
    ) async throws -> Report {
        if keepingSigningKeys, try await !ResealKeys.opens(store, with: masterKey) {
            throw IssuerError.signing(
                """
                The signing keys in the backup do not open with the master key that is configured. Configure the one that \
                they were sealed with, or leave --keep-signing-keys out: then they are revoked, and any master key will do.
                """)
        }
        let (sessions, links) = try await IssuerError.mapping {
            try await store.globalTransaction { tx in
                try Migrator.migrate(tx)
                _ = try Companies.lock(.issuer, in: tx)
                try AuditTrail.append(
                    .booksRestored, "books", before: nil, after: nil, to: .issuer, environment: .live, by: .command,
                    at: now, in: tx)
                return (
                    try Sessions.deleteEvery(in: tx),
                    try Invitations.deleteEvery(in: tx) + PasswordResets.deleteEvery(in: tx)
                )
            }
        }
        let revoked =
            keepingSigningKeys
            ? []
            : try await ReplaceSigningKeys.run(on: store, masterKey: masterKey, settings: settings, at: now)
        return Report(revokedKeys: revoked, endedSessions: sessions, withdrawnLinks: links)
    }
}
