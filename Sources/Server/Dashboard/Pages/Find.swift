import HummingbirdCore
import Issuer

/// The search on a list's page: `find` in find.mustache. Agents and policies are few enough to look through all of them.
struct Find {
    /// Agents that a page looks through or offers at most, the newest first. Of policies a company has no more.
    static let agentsMax = 2_000
    private static let shownMax = 50

    let findPath: String
    /// What is looked for in them.
    let findLabel: String
    let findText: String?
    /// What became of it; nil where nothing was looked for.
    private(set) var findSaid: String?

    init(_ visit: Visit, label: String) {
        findPath = visit.request.uri.path
        findLabel = label
        findText = visit.query("q")
    }

    /// Those of which a part holds the text, whatever its case: as many as are shown at once.
    mutating func matches<Item>(of items: [Item], _ parts: (Item) -> [String?]) -> [Item] {
        let text = (findText ?? "").lowercased()
        let found = items.filter { parts($0).contains { $0?.lowercased().contains(text) == true } }
        let count = MoneyText.count(Int64(found.count))
        findSaid =
            switch found.count {
            case 0: "Nothing matches."
            case 1...Self.shownMax: "\(count) found."
            default:
                "\(count) found; these are the first \(Self.shownMax). Enter more of the name to narrow the search."
            }
        return Array(found.prefix(Self.shownMax))
    }
}

extension Visit {
    /// The company's agents, newest first, as far as a page looks through them.
    func allAgents() async throws -> [Agent] {
        var agents: [Agent] = []
        var cursor: String?
        repeat {
            let page = Page(limit: Page.limitRange.upperBound, after: cursor)
            let listing = try await issuer.agents(page: page, as: caller)
            agents += listing.items
            cursor = listing.nextCursor
        } while cursor != nil && agents.count < Find.agentsMax
        return agents
    }
}
