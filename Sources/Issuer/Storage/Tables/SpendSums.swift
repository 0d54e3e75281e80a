/// Sums over authorizations and counters, as the SQL of several tables says them.
enum SpendSums {
    /// What an authorization adds to a counter, as four columns named as a counter's.
    static let ofAuthorization = """
        CASE WHEN status = 'PENDING' THEN amount ELSE 0 END AS reserved_amount,
        CASE WHEN status = 'PENDING' THEN 1 ELSE 0 END AS reserved_count,
        CASE WHEN status = 'CONFIRMED' THEN confirmed_amount ELSE 0 END AS confirmed_amount,
        CASE WHEN status = 'CONFIRMED' THEN 1 ELSE 0 END AS confirmed_count
        """

    /// The four summed. As BIGINT: PostgreSQL's sum of BIGINTs is a NUMERIC.
    static let total = """
        CAST(COALESCE(SUM(reserved_amount), 0) AS BIGINT), CAST(COALESCE(SUM(reserved_count), 0) AS BIGINT),
        CAST(COALESCE(SUM(confirmed_amount), 0) AS BIGINT), CAST(COALESCE(SUM(confirmed_count), 0) AS BIGINT)
        """

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
