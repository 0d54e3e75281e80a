/// Looks at what was decided.
extension Issuer {
    /// The authorization, with its token while the spend is neither confirmed nor voided nor lapsed. Whoever has the token can
    /// charge it: so it is for who may spend, or decides on spends, and not for who only looks.
    public func authorization(
        _ id: AuthorizationID, as principal: Principal
    ) async throws(IssuerError) -> IssuedAuthorization {
        let authorization = try await look(at: principal.agentID, as: principal) { books in
            try Self.authorization(id, for: principal, in: books)
        }
        let mayHaveToken = !principal.scopes.isDisjoint(with: [.authorize, .approve])
        let token = authorization.status == .pending && mayHaveToken ? try authorization.claims.map(keyRing.sign) : nil
        return IssuedAuthorization(authorization: authorization, token: token)
    }

    /// Newest first. A key bound to an agent sees that agent's alone.
    public func authorizations(
        _ filter: AuthorizationFilter, page: Page, as principal: Principal
    ) async throws(IssuerError) -> Listing<Authorization> {
        try Self.check(page, of: AuthorizationID.self)
        if let agent = filter.agentID { try Self.check(agent, isFor: principal) }
        let visible = AuthorizationFilter(
            agentID: filter.agentID ?? principal.agentID, status: filter.status, from: filter.from, to: filter.to)
        return try await look(at: principal.agentID, as: principal) { books in
            Listing(
                try Authorizations.page(page, filter: visible, in: books), page: page, id: \.id.text)
        }
    }

    /// A cursor that is no identifier of the list's kind was not given by it.
    static func check<Kind>(_ page: Page, of kind: ID<Kind>.Type) throws(IssuerError) {
        guard page.after.map({ kind.init($0) != nil }) ?? true else {
            throw Page.foreignCursor
        }
    }
}
