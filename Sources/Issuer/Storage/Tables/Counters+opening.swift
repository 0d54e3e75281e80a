/// Counters that do not reach back to the beginning of their period yet.
///
/// Such a one begins later, and covers what was authorized from then on: it is shifted as every other is, and no limit asks for it.
extension Counters {
    struct Part {
        let start: Instant
        let spend: Spend
    }

    private static let seen = SpendSums.bySubject { spends in
        """
        SELECT COUNT(*), MIN(authorized_at) FROM (
            SELECT authorized_at FROM authorizations
            WHERE \(spends) AND authorized_at >= $5 AND authorized_at < $6
            ORDER BY authorized_at DESC LIMIT $7) AS newest
        """
    }
    private static let part = Statement(
        """
        SELECT period_start, \(SpendSums.columns)
        FROM counters
        WHERE company_id = $1 AND environment = $2 AND currency = $3 AND subject = $4 AND period_end = $5
            AND opening_to = $6
        """)
    private static let begin = Statement(
        """
        INSERT INTO counters (company_id, environment, currency, subject, period_end, opening_to, period_start, drop_at,
            \(SpendSums.columns))
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """)
    private static let extend = Statement(
        """
        UPDATE counters SET opening_to = $1, period_start = $2, drop_at = $3, reserved_amount = $4, reserved_count = $5,
            confirmed_amount = $6, confirmed_count = $7
        WHERE company_id = $8 AND environment = $9 AND currency = $10 AND subject = $11 AND period_end = $12
            AND period_start = $13
        """)

    /// How many authorizations a stretch has seen, of the newest `limit`, and when the oldest of those was authorized.
    static func seen(
        by subject: CounterKey.Subject, currency: CurrencyCode, in stretch: Period, limit: Int64, _ books: Books
    ) throws(StorageError) -> (count: Int64, oldest: Instant?) {
        let rows = try books.tx.execute(
            seen[subject],
            whose(subject, currency, books) + [SQLValue(stretch.start), SQLValue(stretch.end), .integer(limit)])
        guard let row = rows.first else { throw .corrupt("a count gave no row") }
        let count = try row.integer(0)
        return (count, count == 0 ? nil : try row.instant(1))
    }

    /// What there is of a counter that is on its way to its period.
    static func part(of key: CounterKey, currency: CurrencyCode, in books: Books) throws(StorageError) -> Part? {
        let rows = try books.tx.execute(
            part,
            whose(key.subject, currency, books) + [SQLValue(key.period.end), SQLValue(key.period.start)])
        guard let row = rows.first else { return nil }
        return Part(start: try row.instant(0), spend: try row.spend(from: 1))
    }

    /// Lets a counter on its way begin earlier, or begins one. `start`: the period's own makes it whole.
    static func bring(
        _ key: CounterKey, from part: Part?, to start: Instant, with spend: Spend, currency: CurrencyCode,
        dropAt: Instant?, in books: Books
    ) throws(StorageError) {
        let isWhole = start == key.period.start
        let (place, mark) = (whose(key.subject, currency, books), SQLValue(isWhole ? nil : key.period.start))
        let values = [mark, SQLValue(start), SQLValue(dropAt)] + spend.values
        if let part {
            try books.tx.execute(extend, values + place + [SQLValue(key.period.end), SQLValue(part.start)])
        } else {
            try books.tx.execute(begin, place + [SQLValue(key.period.end)] + values)
        }
    }
}
