/// A stretch of a list, newest first.
public struct Page: Sendable {
    public static let limitRange = 1...200

    /// How many items at most, within `limitRange`.
    public let limit: Int
    /// The identifier of the last item of the page before; nil for the first page.
    public let after: String?

    public init(limit: Int = 50, after: String? = nil) {
        self.limit = min(max(limit, Self.limitRange.lowerBound), Self.limitRange.upperBound)
        self.after = after
    }
}

extension Page {
    /// The number that the cursor is, of a list of numbered things: as it was given, or not at all. Nil for the first page.
    func number() throws(IssuerError) -> Int64? {
        guard let after else { return nil }
        guard let number = Int64(after), number > 0, "\(number)" == after else { throw Self.foreignCursor }
        return number
    }

    /// A cursor that the list did not give.
    static let foreignCursor = IssuerError.invalid(
        field: "cursor", InvalidValue("must be the nextCursor of the page before, as it was given"))
}

/// One page of a list.
public struct Listing<Item: Sendable>: Sendable {
    public let items: [Item]
    /// Where the next page begins; nil on the last.
    public let nextCursor: String?

    public init(items: [Item], nextCursor: String?) {
        (self.items, self.nextCursor) = (items, nextCursor)
    }

    /// `searchedTo`: up to where there are no others, where not all was looked through.
    init(_ fetched: [Item], page: Page, searchedTo: String? = nil, id: (Item) -> String) {
        items = Array(fetched.prefix(page.limit))
        nextCursor = fetched.count > page.limit ? items.last.map(id) : searchedTo
    }
}

/// Which authorizations to list: all that match every member that is given.
public struct AuthorizationFilter: Sendable {
    public let agentID: AgentID?
    public let status: AuthorizationStatus?
    /// Made at this instant or later.
    public let from: Instant?
    /// Made before this instant.
    public let to: Instant?

    public init(
        agentID: AgentID? = nil, status: AuthorizationStatus? = nil, from: Instant? = nil, to: Instant? = nil
    ) {
        self.agentID = agentID
        self.status = status
        self.from = from
        self.to = to
    }
}
