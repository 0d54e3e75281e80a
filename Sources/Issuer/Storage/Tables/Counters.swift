/// What was spent, by whom, in which stretch of time: each row is the sum of the authorizations it covers.
///
/// A counter belongs to no policy. It is opened, by adding up what its period has already seen, when a limit first needs
/// it; from then on every change of an authorization shifts every open counter that covers it. So a limit that is added,
/// changed or removed and put back counts all that was spent in its period.
enum Counters {
    private static let one = Statement(
        """
        SELECT \(SpendSums.columns)
        FROM counters
        WHERE company_id = $1 AND environment = $2 AND currency = $3 AND subject = $4 AND period_end = $5
            AND period_start = $6
        """)
    private static let sum = SpendSums.bySubject { spends in
        """
        SELECT \(SpendSums.total) FROM (
            SELECT \(SpendSums.ofAuthorization)
            FROM authorizations WHERE \(spends) AND authorized_at < $5 AND authorized_at >= $6) AS spends
        """
    }
    private static let open = SpendSums.bySubject { spends in
        """
        INSERT INTO counters (company_id, environment, currency, subject, period_end, period_start, drop_at,
            \(SpendSums.columns))
        SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS BIGINT),
            CAST($6 AS BIGINT), CAST($7 AS BIGINT), \(SpendSums.total)
        FROM (
            SELECT \(SpendSums.ofAuthorization)
            FROM authorizations WHERE \(spends) AND authorized_at < $5 AND authorized_at >= $6) AS spends
        RETURNING \(SpendSums.columns)
        """
    }
    private static let shiftAndTell = Statement(
        """
        UPDATE counters SET reserved_amount = \(SpendSums.shifted("reserved_amount", by: "$1")),
            reserved_count = reserved_count + $2,
            confirmed_amount = \(SpendSums.shifted("confirmed_amount", by: "$3")),
            confirmed_count = confirmed_count + $4
        WHERE company_id = $5 AND environment = $6 AND currency = $7 AND subject IN ($8, '*') AND period_end > $9
            AND period_start <= $9
        RETURNING subject, period_start, period_end
        """)
    private static let anyUnneeded = Statement(
        "SELECT subject FROM counters WHERE company_id = $1 AND drop_at <= $2 LIMIT 1")
    // A thousand at a time, oldest first: others wait meanwhile.
    private static let drop = Statement(
        """
        DELETE FROM counters WHERE company_id = $1 AND drop_at <= (
            SELECT MAX(drop_at) FROM (
                SELECT drop_at FROM counters WHERE company_id = $1 AND drop_at <= $2 ORDER BY drop_at LIMIT 1000
            ) AS oldest)
        """)

    /// What a counter says, or would say if it were opened: for who only looks.
    static func standing(
        _ key: CounterKey, currency: CurrencyCode, in books: Books
    ) throws(StorageError) -> Spend {
        if let spend = try opened(key, currency: currency, in: books) { return spend }
        return try sum(key, currency: currency, in: books)
    }

    /// A whole counter that is open; nil where there is none.
    static func opened(_ key: CounterKey, currency: CurrencyCode, in books: Books) throws(StorageError) -> Spend? {
        try books.tx.execute(one, place(key, currency, books)).first.map { (row) throws(StorageError) in
            try row.spend(from: 0)
        }
    }

    /// What a stretch has seen, added up from its authorizations.
    static func sum(_ key: CounterKey, currency: CurrencyCode, in books: Books) throws(StorageError) -> Spend {
        guard let row = try books.tx.execute(sum[key.subject], place(key, currency, books)).first else {
            throw .corrupt("a sum gave no row")
        }
        return try row.spend(from: 0)
    }

    private static func place(_ key: CounterKey, _ currency: CurrencyCode, _ books: Books) -> [SQLValue] {
        whose(key.subject, currency, books) + [SQLValue(key.period.end), SQLValue(key.period.start)]
    }

    /// What every statement about a subject's counters begins with.
    static func whose(_ subject: CounterKey.Subject, _ currency: CurrencyCode, _ books: Books) -> [SQLValue] {
        [
            SQLValue(books.companyID), .text(books.environment.rawValue), .text(currency.text), .text(subject.text),
        ]
    }

    /// Opens a counter with what its period has seen so far. `dropAt`: nil keeps it for good.
    @discardableResult
    static func open(
        _ key: CounterKey, currency: CurrencyCode, dropAt: Instant? = nil, in books: Books
    ) throws(StorageError) -> Spend {
        let rows = try books.tx.execute(
            open[key.subject], place(key, currency, books) + [SQLValue(dropAt)])
        guard let row = rows.first else { throw .corrupt("an opened counter gave no row") }
        return try row.spend(from: 0)
    }

    /// Adds to every open counter that covers the authorization, also to rolling windows, and gives their keys.
    static func shiftAndTell(
        by change: Spend, for authorization: Authorization, at authorizedAt: Instant, in books: Books
    ) throws(StorageError) -> [CounterKey] {
        try books.tx.execute(
            shiftAndTell,
            change.values + [
                SQLValue(books.companyID), .text(authorization.environment.rawValue),
                .text(authorization.money.currency.text), SQLValue(authorization.agentID), SQLValue(authorizedAt),
            ]
        ).map { (row) throws(StorageError) in try key(row, agent: authorization.agentID) }
    }

    /// Drops those that nobody has needed for long, in either environment, a thousand at most. Whether there were any.
    static func dropUnneeded(in books: Books) throws(StorageError) -> Bool {
        guard try !books.tx.execute(anyUnneeded, [SQLValue(books.companyID), SQLValue(books.now)]).isEmpty else {
            return false
        }
        // Or one of them would be gone under a decision that has just read it.
        _ = try Companies.lock(books.companyID, in: books.tx)
        try books.tx.execute(drop, [SQLValue(books.companyID), SQLValue(books.now)])
        return true
    }

    /// `agent` is the one whose counters were asked for beside the company's.
    private static func key(_ row: Row, agent: AgentID) throws(StorageError) -> CounterKey {
        let (subject, period) = (try row.text(0), Period(start: try row.instant(1), end: try row.instant(2)))
        if subject == agent.text { return CounterKey(subject: .agent(agent), period: period) }
        guard subject == CounterKey.Subject.company.text else { throw .corrupt("\(subject) is no counter's subject") }
        return CounterKey(subject: .company, period: period)
    }
}
