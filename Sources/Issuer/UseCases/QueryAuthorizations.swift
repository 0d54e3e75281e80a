/// Looks at what was decided.
extension Issuer {
    /// The authorization, with its token while the spend is neither confirmed nor voided nor lapsed. Whoever has the token
    /// can spend, so it is for those alone who may.
    public func authorization(
        _ id: AuthorizationID, as principal: Principal
    ) async throws -> IssuedAuthorization {
        let authorization = try await look(at: principal.agentID, as: principal) { books in
            try Self.authorization(id, for: principal, in: books)
        }
        let mayHold = principal.scopes.contains(.authorize) && authorization.status == .pending
        let token = mayHold ? try authorization.claims.map(keyRing.sign) : nil
        return IssuedAuthorization(authorization: authorization, token: token)
    }

    /// The most authorizations, or entries of the audit log, that one search looks at before it says how far it came.
    public static let searchedAtOnceMax = 20_000

    /// Newest first: those that match the filter and hold `text`, where there is one, whatever its case, in their
    /// identifier, merchant, note or metadata. A key bound to an agent sees that agent's alone. Reads beside the writer.
    ///
    /// A page that has fewer than were asked for is not the last where it has a cursor: of what is rare, so much was found
    /// among the newest `searchedAtOnceMax`.
    public func authorizations(
        _ filter: AuthorizationFilter, text: String? = nil, page: Page, as principal: Principal
    ) async throws -> Listing<Authorization> {
        try Self.check(page, of: AuthorizationID.self)
        if let agent = filter.agentID { try Self.check(agent, isFor: principal) }
        let filter = AuthorizationFilter(
            agentID: filter.agentID ?? principal.agentID, status: filter.status, from: filter.from, to: filter.to)
        let isLong = text != nil || Authorizations.page(of: filter) == nil
        return try await beside(at: principal.agentID, as: principal, isLong: isLong) { books in
            let (found, last) = try Authorizations.list(
                page, filter: filter, text: text, lookAtMost: Int64(Self.searchedAtOnceMax), in: books)
            return Listing(found, page: page, searchedTo: last?.text, id: \.id.text)
        }
    }

    /// A cursor that is no identifier of the list's kind was not given by it.
    static func check<Kind>(_ page: Page, of kind: ID<Kind>.Type) throws(IssuerError) {
        guard page.after.map({ kind.init($0) != nil }) ?? true else {
            throw Page.foreignCursor
        }
    }
}
