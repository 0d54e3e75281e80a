/// The signing keys, which belong to the whole issuer and to no company.
extension Issuer {
    /// The keys that verify this issuer's tokens, as processors fetch them. Cheap: made anew only when a key changes.
    public func jwks() -> JWKSDocument {
        keyRing.document
    }

    /// Learns what another issuer on the same store has changed of them.
    public func learnSigningKeys() async throws {
        try await keyRing.learn()
    }

    /// Every key but those that are gone, oldest first.
    public func signingKeys() -> [SigningKeyInfo] {
        keyRing.standing.infos
    }

    /// The same for whoever has an API key: nothing in it is secret.
    public func signingKeys(as principal: Principal) async throws -> [SigningKeyInfo] {
        try await admitted(principal, isWriting: false) { _ in }
        return keyRing.standing.infos
    }

    /// The announced key signs from now on, and another is announced; for somebody at the machine.
    public func rotateSigningKey() async throws -> RotationReport {
        try await keyRing.carryOut(keyRing.rotation(force: true), by: .command, at: clock.now())
    }

    /// Takes a key out of the JWKS at once and destroys its private part: for a key that leaked.
    public func revokeSigningKey(kid: String) async throws -> RotationReport {
        try await keyRing.carryOut(.revocationAsked(kid: kid), by: .command, at: clock.now())
    }

    /// Promotes the announced key over the API, for an operator. Without `force`, not before every verifier that keeps to the
    /// cache rules knows it: `IssuerError.signingKeyTooNew`.
    public func rotateSigningKey(
        force: Bool, as principal: Principal, once attempt: OnceOnly?
    ) async throws -> Answered<RotationReport> {
        try await change(keyRing.rotation(force: force), as: principal, once: attempt)
    }

    /// Takes a key out of the JWKS and destroys its private part, over the API, for an operator.
    public func revokeSigningKey(
        kid: String, as principal: Principal, once attempt: OnceOnly?
    ) async throws -> Answered<RotationReport> {
        try await change(.revocationAsked(kid: kid), as: principal, once: attempt)
    }

    /// Whether they could: what a page offers, not what is allowed, which each change asks for itself.
    public func mayChangeSigningKeys(_ principal: Principal) async throws -> Bool {
        try await admitted(principal, isWriting: false) { [self] books in
            do {
                try checkOperator(principal, in: books)
                return true
            } catch IssuerError.operatorOnly, IssuerError.forbidden {
                return false
            }
        }
    }

    private func change(
        _ event: Rotation.Event, as principal: Principal, once attempt: OnceOnly?
    ) async throws -> Answered<RotationReport> {
        // Before a key is made: who may not change them must not make work either.
        try await admitted(principal, isWriting: false) { [self] books in
            try checkOperator(principal, in: books)
        }
        return try await keyRing.carryOut(event, by: principal.author, at: clock.now()) {
            [self] apply in
            try await admitted(principal, isWriting: true) { [self] books in
                try checkOperator(principal, in: books)
                return try once(attempt, in: books) { books in
                    let report = try apply(books.tx)
                    if books.companyID != .issuer {
                        try books.audit(.signingKeysChanged, report.signing, after: report.json)
                    }
                    return report
                }
            }
        }
    }

    /// Signing keys are everybody's on this issuer: the operator changes them, who bears the operator's key. Where no such
    /// key is set and there is one company alone, that company is the operator.
    private func checkOperator(_ principal: Principal, in books: Books) throws {
        guard principal.companyID != .issuer else { return }
        try Self.check(.manage, of: principal)
        guard settings.operatorKey == nil, principal.environment == .live,
            try Companies.isAlone(books.companyID, in: books.tx)
        else { throw IssuerError.operatorOnly }
    }
}
