/// Sums over authorizations and counters, as the SQL of several tables says them.
enum SpendSums {
    /// A counter's, in the order of `Spend.values`.
    static let columns = "reserved_amount, reserved_count, confirmed_amount, confirmed_count"

    /// What an authorization adds to a counter, as four columns named as a counter's.
    static let ofAuthorization = """
        CASE WHEN status = 'PENDING' THEN amount ELSE 0 END AS reserved_amount,
        CASE WHEN status = 'PENDING' THEN 1 ELSE 0 END AS reserved_count,
        CASE WHEN status = 'CONFIRMED' THEN confirmed_amount ELSE 0 END AS confirmed_amount,
        CASE WHEN status = 'CONFIRMED' THEN 1 ELSE 0 END AS confirmed_count
        """

    /// The four summed.
    static let total = """
        \(amount("reserved_amount")), CAST(COALESCE(SUM(reserved_count), 0) AS BIGINT),
        \(amount("confirmed_amount")), CAST(COALESCE(SUM(confirmed_count), 0) AS BIGINT)
        """

    /// The sum of a column of amounts, `Spend.amountMax` at most: SQLite's own fails where it overflows. So the upper and the
    /// lower halves are summed each for itself. As BIGINT: PostgreSQL's sum of BIGINTs is a NUMERIC.
    static func amount(_ column: String) -> String {
        let upper = "CAST(COALESCE(SUM(\(column) / 4294967296), 0) AS BIGINT)"
        let lower = "CAST(COALESCE(SUM(\(column) % 4294967296), 0) AS BIGINT)"
        return """
            CASE WHEN \(upper) + \(lower) / 4294967296 >= 1073741824 THEN \(Spend.amountMax)
                ELSE \(upper) * 4294967296 + \(lower) END
            """
    }

    /// A counter's amount after a change: one that is full stays full.
    static func shifted(_ column: String, by change: String) -> String {
        """
        CASE WHEN \(column) = \(Spend.amountMax) OR \(column) + \(change) > \(Spend.amountMax) THEN \(Spend.amountMax)
            ELSE \(column) + \(change) END
        """
    }

    /// One text for the company's spends and one for an agent's, said so that an index serves each. `$4` is the subject in
    /// both, after the company, the environment and the currency.
    static func bySubject(_ sql: (_ spends: String) -> String) -> BySubject {
        BySubject(
            company: Statement(
                sql("company_id = $1 AND environment = $2 AND currency = $3 AND CAST($4 AS TEXT) = '*'")),
            agent: Statement(sql("company_id = $1 AND environment = $2 AND currency = $3 AND agent_id = $4")))
    }

    struct BySubject: Sendable {
        let company: Statement
        let agent: Statement

        subscript(_ subject: CounterKey.Subject) -> Statement {
            switch subject {
            case .company: company
            case .agent: agent
            }
        }
    }
}

extension Row {
    /// Four columns in a counter's order.
    func spend(from column: Int) throws(StorageError) -> Spend {
        Spend(
            reservedAmount: try integer(column), reservedCount: try integer(column + 1),
            confirmedAmount: try integer(column + 2), confirmedCount: try integer(column + 3))
    }
}

extension Spend {
    /// In the order of a counter's columns.
    var values: [SQLValue] {
        [.integer(reservedAmount), .integer(reservedCount), .integer(confirmedAmount), .integer(confirmedCount)]
    }
}
