/// What people ask of a company's spends together: by status, by day, by merchant, by agent. Read beside the writer, for
/// pages; nothing that an agent waits for is here.
enum SpendReports {
    // An identifier holds the time at which it was made, so that the primary key serves a range of time.
    private static let byStatus = Statement(
        """
        SELECT currency, status, COUNT(*), \(SpendSums.amount("amount"))
        FROM authorizations
        WHERE company_id = $1 AND environment = $2 AND authorization_id >= $3
        GROUP BY currency, status
        """)
    // In one pass: reading a company's month takes long, and the sums of it do not.
    private static let spends = Statement(
        """
        SELECT day, agent_id, merchant, \(SpendSums.total) FROM (
            SELECT authorized_at / 86400000 AS day, agent_id, merchant, \(SpendSums.ofAuthorization)
            FROM authorizations
            WHERE company_id = $1 AND environment = $2 AND currency = $3 AND authorized_at >= $4
                AND status IN ('PENDING', 'CONFIRMED')) AS spends
        GROUP BY day, agent_id, merchant
        """)
    private static let byMerchantOfAgent = grouped(by: "merchant", where: "AND agent_id = $5")
    private static let byAgent = grouped(by: "agent_id", where: "")
    private static let denied = Statement(
        """
        SELECT reasons FROM authorizations
        WHERE company_id = $1 AND environment = $2 AND status = 'DENIED' AND authorization_id >= $3 AND currency = $4
        ORDER BY authorization_id DESC LIMIT $5
        """)

    private static func grouped(by column: String, where condition: String) -> Statement {
        Statement(
            """
            SELECT \(column), \(SpendSums.amount("spent")), COUNT(*), CAST(MAX(spent) AS BIGINT) FROM (
                SELECT \(column), CASE WHEN status = 'CONFIRMED' THEN confirmed_amount ELSE amount END AS spent
                FROM authorizations
                WHERE company_id = $1 AND environment = $2 AND currency = $3 AND authorized_at >= $4 \(condition)
                    AND status IN ('PENDING', 'CONFIRMED')) AS spends
            GROUP BY \(column) ORDER BY 2 DESC, 1 LIMIT 1000
            """)
    }

    struct StatusTotal: Sendable {
        let currency: CurrencyCode
        let status: AuthorizationStatus
        let count: Int64
        let amount: Int64
    }

    /// What was asked for since `start`, by currency and by what has become of it.
    static func byStatus(since start: Instant, in books: Books) throws(StorageError) -> [StatusTotal] {
        try books.tx.execute(
            byStatus,
            [SQLValue(books.companyID), .text(books.environment.rawValue), SQLValue(AuthorizationID.first(at: start))]
        ).map { (row) throws(StorageError) in
            StatusTotal(
                currency: try row.checked(0), status: try row.choice(1), count: try row.integer(2),
                amount: try row.integer(3))
        }
    }

    /// What one agent has reserved or spent at one merchant on one day (UTC), by days since 1970.
    struct SpendOfDay: Sendable {
        let day: Int64
        let agent: AgentID
        let merchant: Merchant?
        let spend: Spend
    }

    /// All that was reserved or spent since `start`.
    static func spends(
        currency: CurrencyCode, since start: Instant, in books: Books
    ) throws(StorageError) -> [SpendOfDay] {
        // Few merchants stand in many rows.
        var merchants: [String: Merchant] = [:]
        return try books.tx.execute(spends, range(currency, start, books)).map { (row) throws(StorageError) in
            let text = try row.optionalText(2)
            let known = text.flatMap { merchants[$0] }
            let merchant: Merchant? = if let known { known } else { try row.optionalJSON(2) }
            if let text, let merchant { merchants[text] = merchant }
            return SpendOfDay(
                day: try row.integer(0), agent: try row.id(1), merchant: merchant, spend: try row.spend(from: 3))
        }
    }

    /// What an agent has reserved or spent at each merchant, the most first.
    static func byMerchant(
        currency: CurrencyCode, agent: AgentID, since start: Instant, in books: Books
    ) throws(StorageError) -> [(merchant: Merchant?, total: SpendTotal)] {
        try books.tx.execute(byMerchantOfAgent, range(currency, start, books) + [SQLValue(agent)])
            .map { (row) throws(StorageError) in (try row.optionalJSON(0), try total(row)) }
    }

    static func byAgent(
        currency: CurrencyCode, since start: Instant, in books: Books
    ) throws(StorageError) -> [(agent: AgentID, total: SpendTotal)] {
        try books.tx.execute(byAgent, range(currency, start, books))
            .map { (row) throws(StorageError) in (try row.id(0), try total(row)) }
    }

    /// The reasons of the latest `limit` denials since `start`.
    static func denials(
        currency: CurrencyCode, since start: Instant, limit: Int64, in books: Books
    ) throws(StorageError) -> [[Reason]] {
        try books.tx.execute(
            denied,
            [
                SQLValue(books.companyID), .text(books.environment.rawValue),
                SQLValue(AuthorizationID.first(at: start)),
                .text(currency.text), .integer(limit),
            ]
        ).map { (row) throws(StorageError) in try row.json(0) }
    }

    private static func range(_ currency: CurrencyCode, _ start: Instant, _ books: Books) -> [SQLValue] {
        [
            SQLValue(books.companyID), .text(books.environment.rawValue), .text(currency.text), SQLValue(start),
        ]
    }

    private static func total(_ row: Row) throws(StorageError) -> SpendTotal {
        SpendTotal(count: try row.integer(2), amount: try row.integer(1), largest: try row.integer(3))
    }
}

extension AuthorizationID {
    /// Sorts before every identifier that was made at this instant or later.
    static func first(at instant: Instant) -> AuthorizationID {
        AuthorizationID(ULID(milliseconds: max(0, instant.milliseconds), randomHigh: 0, randomLow: 0))
    }
}
