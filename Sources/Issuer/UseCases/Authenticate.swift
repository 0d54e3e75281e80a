extension Issuer {
    /// Who an API key belongs to. Throws `unauthenticated` for one that is unknown, altered, expired or revoked, and never
    /// says which.
    public func authenticate(apiKey: String) async throws(IssuerError) -> Principal {
        try await apiKeyVerifier.authenticate(apiKey: apiKey, now: clock.now())
    }
}
