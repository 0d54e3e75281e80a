/// What was spent, by whom, in which stretch of time: each row is the sum of the authorizations it covers.
///
/// A counter belongs to no policy. It is opened, by adding up what its period has already seen, when a limit first needs
/// it; from then on every change of an authorization shifts every open counter that covers it. So a limit that is added,
/// changed or removed and put back counts all that was spent in its period.
enum Counters {
    private static let live = Statement(
        """
        SELECT subject, period_start, period_end, reserved_amount, reserved_count, confirmed_amount, confirmed_count
        FROM counters
        WHERE company_id = $1 AND environment = $2 AND currency = $3 AND subject IN ($4, $5) AND period_end > $6
            AND period_start <= $6
        """)
    private static let open = Statement(
        """
        INSERT INTO counters (company_id, environment, currency, subject, period_end, period_start,
            reserved_amount, reserved_count, confirmed_amount, confirmed_count)
        SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS BIGINT),
            CAST($6 AS BIGINT),
            COALESCE(SUM(CASE WHEN status = 'PENDING' THEN amount ELSE 0 END), 0),
            COALESCE(SUM(CASE WHEN status = 'PENDING' THEN 1 ELSE 0 END), 0),
            COALESCE(SUM(CASE WHEN status = 'CONFIRMED' THEN confirmed_amount ELSE 0 END), 0),
            COALESCE(SUM(CASE WHEN status = 'CONFIRMED' THEN 1 ELSE 0 END), 0)
        FROM authorizations
        WHERE company_id = $1 AND environment = $2 AND currency = $3 AND authorized_at < $5 AND authorized_at >= $6
            AND ($4 = '*' OR agent_id = $4)
        RETURNING subject, period_start, period_end, reserved_amount, reserved_count, confirmed_amount, confirmed_count
        """)
    private static let shift = Statement(
        """
        UPDATE counters SET reserved_amount = reserved_amount + $1, reserved_count = reserved_count + $2,
            confirmed_amount = confirmed_amount + $3, confirmed_count = confirmed_count + $4
        WHERE company_id = $5 AND environment = $6 AND currency = $7 AND subject IN ($8, '*') AND period_end > $9
            AND period_start <= $9
        """)

    /// The open counters of an agent and of the whole company that cover this instant.
    static func live(agent: AgentID, currency: CurrencyCode, in books: Books) throws(StorageError) -> SpendSoFar {
        let rows = try books.tx.execute(
            live,
            [
                SQLValue(books.companyID), .text(books.environment.rawValue), .text(currency.text),
                .text(CounterKey.Subject.agent(agent).text), .text(CounterKey.Subject.company.text),
                SQLValue(books.now),
            ])
        var spent = SpendSoFar()
        for row in rows {
            let (key, spend) = try counter(row)
            spent[key] = spend
        }
        return spent
    }

    /// Opens a counter with what its period has seen so far.
    static func open(_ key: CounterKey, currency: CurrencyCode, in books: Books) throws(StorageError) -> Spend {
        let rows = try books.tx.execute(
            open,
            [
                SQLValue(books.companyID), .text(books.environment.rawValue), .text(currency.text),
                .text(key.subject.text), SQLValue(key.period.end), SQLValue(key.period.start),
            ])
        guard let row = rows.first else { throw .corrupt("an opened counter gave no row") }
        return try counter(row).1
    }

    /// Adds to every open counter that covers the authorization.
    static func shift(by change: Spend, for authorization: Authorization, in books: Books) throws(StorageError) {
        guard let authorizedAt = authorization.authorizedAt else { return }
        try books.tx.execute(
            shift,
            [
                .integer(change.reservedAmount), .integer(change.reservedCount), .integer(change.confirmedAmount),
                .integer(change.confirmedCount), SQLValue(books.companyID), .text(authorization.environment.rawValue),
                .text(authorization.money.currency.text), SQLValue(authorization.agentID), SQLValue(authorizedAt),
            ])
    }

    private static func counter(_ row: Row) throws(StorageError) -> (CounterKey, Spend) {
        let subject = try row.text(0)
        guard let subject = CounterKey.Subject(subject) else { throw .corrupt("\(subject) is no counter's subject") }
        return (
            CounterKey(subject: subject, period: Period(start: try row.instant(1), end: try row.instant(2))),
            Spend(
                reservedAmount: try row.integer(3), reservedCount: try row.integer(4),
                confirmedAmount: try row.integer(5), confirmedCount: try row.integer(6))
        )
    }
}
