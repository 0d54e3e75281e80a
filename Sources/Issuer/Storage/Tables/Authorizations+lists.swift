/// A company's authorizations, newest first: the pages of the API, and what the dashboard's search looks through.
///
/// Whatever is asked for, a bounded number of rows is read: everybody else reads meanwhile, too.
extension Authorizations {
    private static let pageOfAll = page(where: "(CAST($4 AS TEXT) IS NULL OR agent_id = $4)")
    // The same said so that an index serves it.
    private static let pageOfAgent = page(where: "agent_id = $4")
    private static let pageOfHeld = page(
        where: "(CAST($4 AS TEXT) IS NULL OR agent_id = $4) AND status = 'HELD'")
    // The newest so many, and of those the ones that are wanted: what is rare must not make it read them all.
    private static let searchOfAll = search("(CAST($4 AS TEXT) IS NULL OR agent_id = $4)")
    private static let searchOfAgent = search("agent_id = $4")
    private static let lastOfAll = lastLookedAt("(CAST($4 AS TEXT) IS NULL OR agent_id = $4)")
    private static let lastOfAgent = lastLookedAt("agent_id = $4")

    /// How long after a spend was asked for, by its own account, its identifier may have been made: the clock was set back, and
    /// identifiers only grow.
    private static let clockSetBackSeconds: Int64 = 86_400

    private static func rows(where condition: String) -> String {
        """
        \(select)
        WHERE company_id = $1 AND environment = $2 AND authorization_id < $3 AND \(condition)
            AND authorization_id >= $5 AND created_at >= $6 AND created_at < $7
        ORDER BY authorization_id DESC LIMIT $8
        """
    }

    private static func page(where condition: String) -> Statement {
        Statement(rows(where: condition))
    }

    private static func search(_ condition: String) -> Statement {
        Statement(
            """
            SELECT * FROM (\(rows(where: condition))) AS looked_at
            WHERE (CAST($9 AS TEXT) IS NULL OR status = $9)
                AND (CAST($10 AS TEXT) IS NULL OR authorization_id = $10 OR LOWER(note) LIKE $11 ESCAPE '!'
                    OR LOWER(merchant) LIKE $12 ESCAPE '!' OR LOWER(metadata) LIKE $12 ESCAPE '!')
            ORDER BY authorization_id DESC LIMIT $13
            """)
    }

    private static func lastLookedAt(_ condition: String) -> Statement {
        Statement("SELECT COUNT(*), MIN(authorization_id) FROM (\(rows(where: condition))) AS looked_at")
    }

    /// The statement that gives a page of these exactly, reading no rows in vain but those of a stretch of time; nil where
    /// there may be few of them among many others.
    static func page(of filter: AuthorizationFilter) -> Statement? {
        switch filter.status {
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
        let whose = try rows(page, filter, in: books)
        if text == nil, let statement = Self.page(of: filter) {
            return (try books.tx.execute(statement, whose + [.integer(page.fetchLimit)]).map(authorization), nil)
        }
        let range = whose + [.integer(lookAtMost)]
        // As it stands within a JSON string.
        let inJSON = text.map { text in String(JSONWriter.text { $0.text(text) }.dropFirst().dropLast()) }
        let found = try books.tx.execute(
            filter.agentID == nil ? searchOfAll : searchOfAgent,
            range + [
                SQLValue(filter.status?.rawValue), SQLValue(text), SQLValue(text.map(pattern)),
                SQLValue(inJSON.map(pattern)), .integer(page.fetchLimit),
            ]
        ).map(authorization)
        if Int64(found.count) == page.fetchLimit { return (found, nil) }
        let last = try books.tx.execute(filter.agentID == nil ? lastOfAll : lastOfAgent, range).first
        guard let last, try last.integer(0) == lookAtMost else { return (found, nil) }
        return (found, try last.id(1))
    }

    /// `$1` to `$7`. An identifier holds the time at which it was made, so the primary key serves a range of time.
    private static func rows(
        _ page: Page, _ filter: AuthorizationFilter, in books: Books
    ) throws(StorageError) -> [SQLValue] {
        let end = filter.to.map { AuthorizationID.first(at: $0.adding(seconds: clockSetBackSeconds)).text }
        return [
            SQLValue(books.companyID), .text(books.environment.rawValue),
            .text([page.after, end].compactMap(\.self).min() ?? Page.pastEverything), SQLValue(filter.agentID),
            SQLValue(AuthorizationID.first(at: filter.from ?? Instant(milliseconds: 0))),
            .integer(filter.from?.milliseconds ?? .min), .integer(filter.to?.milliseconds ?? .max),
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
