/// What comes before books from a backup may be used again.
///
/// They are a past state: their budgets are free of what was authorized since, and the tokens of that time are still valid
/// at processors. So every key that could have signed one is revoked, also those that are retired: one of them may have been
/// revoked since, because it leaked. A key that was made since is unknown to these books, and so gone from the key set.
extension Issuer {
    /// Revokes every signing key but the ones that this makes, and notes in the log that the books were restored. Returns
    /// which were revoked.
    public func revokeAllSigningKeys() async throws(IssuerError) -> [String] {
        let published = signingKeys().filter { $0.state != .revoked && $0.state != .gone }
        for key in published { _ = try await revokeSigningKey(kid: key.kid) }
        return published.map(\.kid)
    }

    /// Notes in the issuer's own log that what follows continues a backup.
    public func noteRestore() async throws(IssuerError) {
        let now = clock.now()
        try await IssuerError.mapping {
            try await store.transaction(for: .issuer) { tx in
                _ = try Companies.lock(.issuer, in: tx)
                try AuditTrail.append(
                    .booksRestored, "books", before: nil, after: nil, to: .issuer, environment: .live, by: .command,
                    at: now, in: tx)
            }
        }
    }
}
