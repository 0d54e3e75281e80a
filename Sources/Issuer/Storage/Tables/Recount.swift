/// What the counters ought to be, added up from the authorizations.
///
/// Its sums are written apart from those that open a counter, on purpose: a check that shares a mistake with what it
/// checks finds nothing.
enum Recount {
    /// A counter's place in the order in which a company's are visited.
    struct Place: Sendable {
        let environment: String
        let currency: String
        let subject: String
        let periodEnd: Int64
        let periodStart: Int64

        /// Before every counter.
        static let first = Place(environment: "", currency: "", subject: "", periodEnd: .min, periodStart: .min)
    }

    struct Counter: Sendable {
        let place: Place
        let spend: Spend
    }

    private static let counters = Statement(
        """
        SELECT environment, currency, subject, period_end, period_start, reserved_amount, reserved_count,
            confirmed_amount, confirmed_count
        FROM counters
        WHERE company_id = $1 AND (environment, currency, subject, period_end, period_start) > ($2, $3, $4, $5, $6)
        ORDER BY environment, currency, subject, period_end, period_start
        LIMIT $7
        """)
    private static let reserved = sum("status = 'PENDING'", of: "amount")
    private static let confirmed = sum("status = 'CONFIRMED'", of: "confirmed_amount")
    private static let authorizations = Statement("SELECT COUNT(*) FROM authorizations WHERE company_id = $1")

    private static func sum(_ condition: String, of column: String) -> Statement {
        Statement(
            """
            SELECT CAST(COALESCE(SUM(\(column) / 1000000000), 0) AS BIGINT),
                CAST(COALESCE(SUM(\(column) % 1000000000), 0) AS BIGINT), COUNT(*)
            FROM authorizations
            WHERE company_id = $1 AND environment = $2 AND currency = $3 AND ($4 = '*' OR agent_id = $4)
                AND authorized_at >= $5 AND authorized_at < $6 AND \(condition)
            """)
    }

    /// A company's counters in their order, after a place.
    static func counters(
        of company: CompanyID, after place: Place, limit: Int, in tx: any StoreTransaction
    ) throws(StorageError) -> [Counter] {
        let rows = try tx.execute(
            counters,
            [
                SQLValue(company), .text(place.environment), .text(place.currency), .text(place.subject),
                .integer(place.periodEnd), .integer(place.periodStart), .integer(Int64(limit)),
            ])
        return try rows.map { (row) throws(StorageError) in
            Counter(
                place: Place(
                    environment: try row.text(0), currency: try row.text(1), subject: try row.text(2),
                    periodEnd: try row.integer(3), periodStart: try row.integer(4)),
                spend: Spend(
                    reservedAmount: try row.integer(5), reservedCount: try row.integer(6),
                    confirmedAmount: try row.integer(7), confirmedCount: try row.integer(8)))
        }
    }

    /// What the authorizations that a counter covers come to.
    static func spend(
        at place: Place, of company: CompanyID, in tx: any StoreTransaction
    ) throws(StorageError) -> Spend {
        let arguments: [SQLValue] = [
            SQLValue(company), .text(place.environment), .text(place.currency), .text(place.subject),
            .integer(place.periodStart), .integer(place.periodEnd),
        ]
        guard let reserved = try tx.execute(reserved, arguments).first,
            let confirmed = try tx.execute(confirmed, arguments).first
        else { throw .corrupt("a sum gave no row") }
        return Spend(
            reservedAmount: try amount(reserved), reservedCount: try reserved.integer(2),
            confirmedAmount: try amount(confirmed), confirmedCount: try confirmed.integer(2))
    }

    /// Thousands of millions, and what is left: any number of amounts adds up so, to what a counter holds at most.
    private static func amount(_ row: Row) throws(StorageError) -> Int64 {
        let (thousandMillions, overflows) = try row.integer(0).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflowsToo) = thousandMillions.addingReportingOverflow(try row.integer(1))
        return overflows || overflowsToo ? Spend.amountMax : min(Spend.amountMax, sum)
    }

    static func authorizationCount(
        of company: CompanyID, in tx: any StoreTransaction
    ) throws(StorageError) -> Int64 {
        try tx.number(authorizations, [SQLValue(company)])
    }
}
