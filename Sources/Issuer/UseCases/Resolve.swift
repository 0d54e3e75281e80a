/// Makes a reservation final or gives it back. Each happens once, whoever races.
extension Issuer {
    /// Records that the spend took place, for `amount` minor units or all that was authorized, and releases the rest.
    public func confirm(
        _ id: AuthorizationID, amount: Int64?, as principal: Principal, once attempt: OnceOnly?
    ) async throws -> Answered<IssuedAuthorization> {
        try await resolve(id, as: principal, once: attempt) { authorization in
            .confirm(amount: amount ?? authorization.money.minorUnits)
        }
    }

    /// Records that the spend will not take place, and releases all of it.
    public func void(
        _ id: AuthorizationID, as principal: Principal, once attempt: OnceOnly?
    ) async throws -> Answered<IssuedAuthorization> {
        try await resolve(id, as: principal, once: attempt) { _ in .void }
    }

    private func resolve(
        _ id: AuthorizationID, as principal: Principal, once attempt: OnceOnly?,
        by event: @escaping @Sendable (Authorization) -> AuthorizationEvent
    ) async throws -> Answered<IssuedAuthorization> {
        let answered = try await transaction(
            as: principal, scope: .authorize, foreseeing: attempt.foreseen(by: principal) + [.authorization(id)]
        ) { [self] books in
            try once(attempt, in: books) { books in
                let authorization = try Self.authorization(id, for: principal, in: books)
                return try Ledger(books).apply(event(authorization), to: authorization)
            }
        }
        return try issue(answered, to: principal)
    }

    /// The authorization as it is now, where this key may see its agent.
    static func authorization(
        _ id: AuthorizationID, for principal: Principal, in books: Books
    ) throws -> Authorization {
        guard let authorization = try Authorizations.find(id, in: books),
            principal.agentID == nil || principal.agentID == authorization.agentID
        else { throw IssuerError.notFound(.authorization, id.text) }
        return try Ledger(books).asOfNow(authorization)
    }
}
