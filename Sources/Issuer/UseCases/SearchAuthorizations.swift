/// A stretch of what a search looked at.
public struct AuthorizationSearch: Sendable {
    public let found: [Authorization]
    /// Where the search goes on; nil where everything was looked at.
    public let nextCursor: String?

    public init(found: [Authorization], nextCursor: String?) {
        (self.found, self.nextCursor) = (found, nextCursor)
    }
}

extension Issuer {
    /// The most authorizations that one search looks at before it says how far it came.
    public static let searchedAtOnceMax = 20_000

    /// Newest first: those that match the filter and hold `text`, whatever its case, in their identifier, merchant, note or
    /// metadata. Reads beside the writer.
    public func searchAuthorizations(
        _ filter: AuthorizationFilter, text: String?, page: Page, as principal: Principal
    ) async throws -> AuthorizationSearch {
        try Self.check(page, of: AuthorizationID.self)
        return try await beside(as: principal) { books in
            guard let text else {
                let listing = Listing(
                    try Authorizations.page(page, filter: filter, in: books), page: page, id: \.id.text)
                return AuthorizationSearch(found: listing.items, nextCursor: listing.nextCursor)
            }
            let (found, last) = try Authorizations.search(
                text, page, filter: filter, lookAtMost: Int64(Self.searchedAtOnceMax), in: books)
            let listing = Listing(found, page: page, id: \.id.text)
            return AuthorizationSearch(found: listing.items, nextCursor: listing.nextCursor ?? last?.text)
        }
    }
}
