/// A company's authorizations, newest first: the pages of the API, and what the dashboard's search looks through.
///
/// Whatever is asked for, a bounded number of rows is read: everybody else reads meanwhile, too.
extension Authorizations {
    // All amounts are: so it says which index it means. An agent is one environment's, and has an index of its own.
    private static let (ofEnvironment, ofAgent) = ("environment = $2 AND amount >= 1", "agent_id = $2")
    private static let pageOfAll = page(of: ofEnvironment, limit: "$6")
    private static let pageOfAgent = page(of: ofAgent, limit: "$6")
    private static let pageOfHeld = page(
        of: "environment = $2", "AND status = 'HELD' AND (CAST($6 AS TEXT) IS NULL OR agent_id = $6)", limit: "$7")
    // The newest so many, and of those the ones that are wanted: what is rare must not make it read them all.
    private static let searchOfAll = search(of: ofEnvironment)
    private static let searchOfAgent = search(of: ofAgent)
    private static let lastOfAll = lastLookedAt(of: ofEnvironment)
    private static let lastOfAgent = lastLookedAt(of: ofAgent)

    /// How long after a spend was asked for, by its own account, its identifier may have been made: the clock was set back, and
    /// identifiers only grow.
    private static let clockSetBackSeconds: Int64 = 86_400

    private static func rows(_ select: String, of whose: String) -> String {
        """
        \(select)
        WHERE company_id = $1 AND \(whose) AND authorization_id < $3 AND authorization_id >= $4
        """
    }

    private static func page(of whose: String, _ condition: String = "", limit: String) -> Statement {
        Statement(
            """
            \(rows(select, of: whose)) AND created_at >= $5 \(condition)
            ORDER BY authorization_id DESC LIMIT \(limit)
            """)
    }

    private static func search(of whose: String) -> Statement {
        Statement(
            """
            SELECT * FROM (
                \(rows(select, of: whose)) ORDER BY authorization_id DESC LIMIT $5
            ) AS looked_at
            WHERE created_at >= $6 AND created_at < $7 AND (CAST($8 AS TEXT) IS NULL OR status = $8)
                AND (CAST($9 AS TEXT) IS NULL OR authorization_id = $9 OR LOWER(note) LIKE $10 ESCAPE '!'
                    OR LOWER(merchant) LIKE $11 ESCAPE '!' OR LOWER(metadata) LIKE $11 ESCAPE '!')
            ORDER BY authorization_id DESC LIMIT $12
            """)
    }

    private static func lastLookedAt(of whose: String) -> Statement {
        Statement(
            """
            SELECT COUNT(*), MIN(authorization_id) FROM (
                \(rows("SELECT authorization_id FROM authorizations", of: whose))
                ORDER BY authorization_id DESC LIMIT $5
            ) AS looked_at
            """)
    }

    /// The statement that gives a page of these exactly, reading no rows in vain but those of clocks that were set back; nil
    /// where there may be few of them among many others: what has an end may lie under a whole day's.
    static func page(of filter: AuthorizationFilter) -> Statement? {
        guard filter.to == nil else { return nil }
        return switch filter.status {
        case nil: filter.agentID == nil ? pageOfAll : pageOfAgent
        case .held: pageOfHeld
        default: nil
        }
    }

    /// One more than a page has of those that match the filter and hold `text`, where there is one, whatever its case, in
    /// their identifier, merchant, note or metadata. And where to go on: nil where the rest has been looked through, or the
    /// page is full. Of what is rare, `lookAtMost` are looked through at most.
    static func list(
        _ page: Page, filter: AuthorizationFilter, text: String? = nil, lookAtMost: Int64, in books: Books
    ) throws(StorageError) -> (found: [Authorization], last: AuthorizationID?) {
        // An agent of the other environment has nothing here.
        if let agent = filter.agentID, try Agents.isElsewhere(agent, in: books) { return ([], nil) }
        if text == nil, let statement = Self.page(of: filter) {
            let isHeld = filter.status == .held
            let whose = rows(page, filter, agent: isHeld ? nil : filter.agentID, in: books)
            let rest = [SQLValue(filter.from ?? Self.beginning)] + (isHeld ? [SQLValue(filter.agentID)] : [])
            let found = try books.tx.execute(statement, whose + rest + [.integer(page.fetchLimit)])
            return (try found.map(authorization), nil)
        }
        let range = rows(page, filter, agent: filter.agentID, in: books) + [.integer(lookAtMost)]
        // As it stands within a JSON string.
        let inJSON = text.map { text in String(JSONWriter.text { $0.text(text) }.dropFirst().dropLast()) }
        let found = try books.tx.execute(
            filter.agentID == nil ? searchOfAll : searchOfAgent,
            range + [
                SQLValue(filter.from ?? Self.beginning), .integer(filter.to?.milliseconds ?? .max),
                SQLValue(filter.status?.rawValue), SQLValue(text), SQLValue(text.map(pattern)),
                SQLValue(inJSON.map(pattern)), .integer(page.fetchLimit),
            ]
        ).map(authorization)
        if Int64(found.count) == page.fetchLimit { return (found, nil) }
        let last = try books.tx.execute(filter.agentID == nil ? lastOfAll : lastOfAgent, range).first
        guard let last, try last.integer(0) == lookAtMost else { return (found, nil) }
        return (found, try last.id(1))
    }

    private static let beginning = Instant(milliseconds: 0)

    /// `$1` to `$4`. An identifier holds the time at which it was made, so an index that ends with it serves a range of time.
    private static func rows(
        _ page: Page, _ filter: AuthorizationFilter, agent: AgentID?, in books: Books
    ) -> [SQLValue] {
        let end = filter.to.map { AuthorizationID.first(at: $0.adding(seconds: clockSetBackSeconds)).text }
        return [
            SQLValue(books.companyID), agent.map { SQLValue($0) } ?? .text(books.environment.rawValue),
            .text([page.after, end].compactMap(\.self).min() ?? Page.pastEverything),
            SQLValue(AuthorizationID.first(at: filter.from ?? beginning)),
        ]
    }

    /// What LIKE finds the text anywhere by. Letters past ASCII keep their case: that is all that LOWER knows everywhere.
    private static func pattern(_ text: String) -> String {
        var pattern = "%"
        for scalar in text.unicodeScalars {
            if "!%_".unicodeScalars.contains(scalar) { pattern.append("!") }
            pattern += scalar.isASCII ? scalar.properties.lowercaseMapping : String(scalar)
        }
        return pattern + "%"
    }
}
