extension Issuer {
    /// Who an API key belongs to. Throws `unauthenticated` for one that is unknown, altered, expired or revoked, and never
    /// says which.
    public func authenticate(apiKey: String) async throws -> Principal {
        if !apiKey.hasPrefix("ag_"), let key = settings.operatorKey, key.fits(apiKey) { return .issuerOperator }
        return try await apiKeyVerifier.authenticate(apiKey: apiKey, now: clock.now())
    }

    /// The same for a key that was verified before and is remembered, which takes a microsecond; nil for any other.
    public func remembered(apiKey: String) throws -> Principal? {
        try apiKeyVerifier.remembered(apiKey: apiKey, now: clock.now())
    }

    /// Writes down when API keys were last used: one transaction a company.
    func write(_ uses: [APIKeyUse]) async throws {
        for (company, uses) in Dictionary(grouping: uses, by: \.companyID) {
            try await IssuerError.mapping {
                try await store.transaction(for: company) { tx in
                    for use in uses { try APIKeys.touch(use.keyID, of: company, at: use.at, in: tx) }
                }
            }
        }
    }
}
