/// What people ask of a company's spends together: by status, by day, by merchant, by agent. Read beside the writer, for
/// pages; nothing that an agent waits for is here.
enum SpendReports {
    // An identifier holds the time at which it was made, so that the primary key serves a range of time.
    private static let byStatus = Statement(
        """
        SELECT currency, status, COUNT(*), CAST(SUM(amount) AS BIGINT)
        FROM authorizations
        WHERE company_id = $1 AND environment = $2 AND authorization_id >= $3
        GROUP BY currency, status
        """)
    private static let byDay = Statement(
        """
        SELECT day, \(SpendSums.total) FROM (
            SELECT authorized_at / 86400000 AS day, \(SpendSums.ofAuthorization)
            FROM authorizations
            WHERE company_id = $1 AND environment = $2 AND currency = $3 AND authorized_at >= $4) AS spends
        GROUP BY day ORDER BY day
        """)
    private static let byMerchant = grouped(by: "merchant", where: "")
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
            SELECT \(column), CAST(SUM(spent) AS BIGINT), COUNT(*), CAST(MAX(spent) AS BIGINT) FROM (
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

    /// What was reserved or spent on each day (UTC) since `start`, by days since 1970; days without any are left out.
    static func byDay(
        currency: CurrencyCode, since start: Instant, in books: Books
    ) throws(StorageError) -> [(day: Int64, spend: Spend)] {
        try books.tx.execute(byDay, spends(currency, start, books))
            .map { (row) throws(StorageError) in (try row.integer(0), try row.spend(from: 1)) }
    }

    /// What was reserved or spent at each merchant, the most first. `agent`: by it alone.
    static func byMerchant(
        currency: CurrencyCode, agent: AgentID? = nil, since start: Instant, in books: Books
    ) throws(StorageError) -> [(merchant: Merchant?, total: SpendTotal)] {
        let arguments = spends(currency, start, books)
        let rows: [Row]
        if let agent {
            rows = try books.tx.execute(byMerchantOfAgent, arguments + [SQLValue(agent)])
        } else {
            rows = try books.tx.execute(byMerchant, arguments)
        }
        return try rows.map { (row) throws(StorageError) in (try row.optionalJSON(0), try total(row)) }
    }

    static func byAgent(
        currency: CurrencyCode, since start: Instant, in books: Books
    ) throws(StorageError) -> [(agent: AgentID, total: SpendTotal)] {
        try books.tx.execute(byAgent, spends(currency, start, books))
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

    private static func spends(_ currency: CurrencyCode, _ start: Instant, _ books: Books) -> [SQLValue] {
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
