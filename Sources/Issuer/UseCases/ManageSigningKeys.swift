/// The signing keys, for operators: no principal asks.
extension Issuer {
    /// The keys that verify this issuer's tokens, as processors fetch them. Cheap: made anew only when a key changes.
    public func jwks() -> JWKSDocument {
        keyRing.document
    }

    public func signingKeys() -> [SigningKeyInfo] {
        keyRing.infos()
    }

    /// The announced key signs from now on, and another is announced.
    public func rotateSigningKey() async throws(IssuerError) -> RotationReport {
        try await keyRing.rotate(now: clock.now())
    }

    /// Takes a key out of the JWKS at once and destroys its private part: for a key that leaked.
    public func revokeSigningKey(kid: String) async throws(IssuerError) -> RotationReport {
        try await keyRing.revoke(kid: kid, now: clock.now())
    }
}
