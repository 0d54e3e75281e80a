/// The counters of one rolling window: its own, whose start moves, and those of the strides it is measured in.
struct WindowCounters {
    let subject: CounterKey.Subject
    let seconds: Int64
    let currency: CurrencyCode
    let books: Books

    private static let openStrides = SpendSums.bySubject { spends in
        """
        INSERT INTO counters (company_id, environment, currency, subject, period_end, period_start, drop_at,
            \(SpendSums.columns))
        SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), stride + CAST($5 AS BIGINT),
            stride, stride + CAST($5 AS BIGINT) + CAST($6 AS BIGINT), \(SpendSums.total)
        FROM (
            SELECT authorized_at - authorized_at % $5 AS stride, \(SpendSums.ofAuthorization)
            FROM authorizations WHERE \(spends) AND authorized_at >= $7 AND authorized_at < $8) AS spends
        GROUP BY stride
        ON CONFLICT DO NOTHING
        """
    }
    private static let openWindow = Statement(
        """
        INSERT INTO counters (company_id, environment, currency, subject, period_end, period_start, drop_at,
            \(SpendSums.columns))
        SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS BIGINT),
            CAST($6 AS BIGINT), CAST($7 AS BIGINT), \(SpendSums.total)
        FROM counters
        WHERE company_id = $1 AND environment = $2 AND currency = $3 AND subject = $4 AND period_end > $6
            AND period_end - period_start = $8 AND opening_to IS NULL
        RETURNING \(SpendSums.columns)
        """)
    static let sum = SpendSums.bySubject { spends in
        """
        SELECT \(SpendSums.total) FROM (
            SELECT \(SpendSums.ofAuthorization)
            FROM authorizations WHERE \(spends) AND authorized_at >= $5 AND authorized_at < $6
            UNION ALL
            SELECT \(SpendSums.columns)
            FROM counters
            WHERE company_id = $1 AND environment = $2 AND currency = $3 AND subject = $4 AND period_end > $6
                AND period_end <= $7 AND period_end - period_start = $8 AND opening_to IS NULL
            UNION ALL
            SELECT \(SpendSums.ofAuthorization)
            FROM authorizations WHERE \(spends) AND authorized_at >= $7 AND authorized_at < $9) AS spends
        """
    }
    private static let put = Statement(
        """
        UPDATE counters SET period_start = $1, drop_at = $2, reserved_amount = $3, reserved_count = $4,
            confirmed_amount = $5, confirmed_count = $6
        WHERE company_id = $7 AND environment = $8 AND currency = $9 AND subject = $10 AND period_end = $11
            AND period_start = $12
        RETURNING \(SpendSums.columns)
        """)
    private static let strides = Statement(
        """
        SELECT period_start, \(SpendSums.columns)
        FROM counters
        WHERE company_id = $1 AND environment = $2 AND currency = $3 AND subject = $4 AND period_end > $5
            AND period_end - period_start = $6 AND opening_to IS NULL
        ORDER BY period_end LIMIT $7
        """)
    private static let spends = SpendSums.bySubject { spends in
        """
        SELECT authorized_at, \(SpendSums.total) FROM (
            SELECT authorized_at, \(SpendSums.ofAuthorization)
            FROM authorizations WHERE \(spends) AND authorized_at >= $5 AND authorized_at < $6) AS spends
        GROUP BY authorized_at ORDER BY authorized_at LIMIT $7
        """
    }

    /// Opens every stride that has seen a spend and begins in `stretch`; those that are open already stay as they are.
    func openStrides(beginningIn stretch: Period) throws(StorageError) {
        try books.tx.execute(
            Self.openStrides[subject],
            whose + [
                .integer(seconds), SQLValue(Period.dropping(from: Instant(milliseconds: 0), ofWindow: seconds)),
                SQLValue(stretch.start), SQLValue(stretch.end),
            ])
    }

    /// Opens the window as the sum of its strides. `window` begins with a stride.
    func open(_ window: Period) throws(StorageError) -> Spend {
        try spend(
            books.tx.execute(
                Self.openWindow,
                whose + [
                    SQLValue(window.end), SQLValue(window.start),
                    SQLValue(Period.dropping(from: window.start, ofWindow: seconds)), .integer(seconds),
                ]))
    }

    /// What was spent in a stretch: of the whole strides in it by their counters, of what is left at its ends exactly.
    func sum(_ stretch: Period) throws(StorageError) -> Spend {
        let first = stride(holding: Instant(milliseconds: stretch.start.milliseconds - 1)).end
        let last = stride(holding: stretch.end).start
        let (head, tail) = first < last ? (first, last) : (stretch.end, stretch.end)
        return try spend(
            books.tx.execute(
                Self.sum[subject],
                whose + [
                    SQLValue(stretch.start), SQLValue(head), SQLValue(tail), .integer(seconds), SQLValue(stretch.end),
                ]))
    }

    /// Lets the window begin elsewhere, with what it has seen there. The company's row is locked: nobody else changes it.
    func put(_ window: Period, at start: Instant, _ seen: Spend) throws(StorageError) -> Spend {
        try spend(
            books.tx.execute(
                Self.put,
                [SQLValue(start), SQLValue(Period.dropping(from: start, ofWindow: seconds))] + seen.values + whose
                    + [SQLValue(window.end), SQLValue(window.start)]))
    }

    /// The first strides that end after an instant, in order.
    func strides(
        endingAfter instant: Instant, limit: Int
    ) throws(StorageError) -> [(stride: Period, spend: Spend)] {
        try books.tx.execute(
            Self.strides, whose + [SQLValue(instant), .integer(seconds), .integer(Int64(limit))]
        ).map { (row) throws(StorageError) in (stride(holding: try row.instant(0)), try row.spend(from: 1)) }
    }

    /// The first spends in a stretch, in order, those of one instant together.
    func spends(
        in stretch: Period, limit: Int
    ) throws(StorageError) -> [(at: Instant, spend: Spend)] {
        try books.tx.execute(
            Self.spends[subject],
            whose + [SQLValue(stretch.start), SQLValue(stretch.end), .integer(Int64(limit))]
        ).map { (row) throws(StorageError) in (try row.instant(0), try row.spend(from: 1)) }
    }

    /// When the last spend in a stretch was authorized.
    func newest(in stretch: Period) throws(StorageError) -> Instant? { try seen(in: stretch, limit: 1).oldest }

    func seen(in stretch: Period, limit: Int64) throws(StorageError) -> (count: Int64, oldest: Instant?) {
        try Counters.seen(by: subject, currency: currency, in: stretch, limit: limit, books)
    }

    func stride(holding instant: Instant) -> Period {
        .stride(ofWindow: seconds, holding: instant)
    }

    private var whose: [SQLValue] { Counters.whose(subject, currency, books) }

    private func spend(_ rows: [Row]) throws(StorageError) -> Spend {
        guard let row = rows.first else { throw .corrupt("a rolling window's counter gave no row") }
        return try row.spend(from: 0)
    }
}
