/// Every spend that was ever asked for.
enum Authorizations {
    /// So many rows go into one statement at most.
    private static let rowsMax = 32
    /// One statement for each number of rows, from 1 on: PostgreSQL reads the table's conditions anew for each statement, which
    /// takes longer than a row does.
    private static let inserts = (1...rowsMax).map { rows in
        let columns = """
            company_id, authorization_id, environment, agent_id, amount, currency, merchant, note, metadata, audience,
            lifetime_s, created_at, status, decision, reasons, shadow_reasons, policies, approval, authorized_at,
            expires_at, hold_expires_at, confirmed_amount, late, resolved_at, claims, evidence
            """
        let count = columns.split(separator: ",").count
        let values = (0..<rows).map { row in
            "(" + (1...count).map { "$\(row * count + $0)" }.joined(separator: ", ") + ")"
        }
        let sql = "INSERT INTO authorizations (\(columns)) VALUES \(values.joined(separator: ", "))"
        return Statement(sql, .knowing)
    }
    private static let update = Statement(
        """
        UPDATE authorizations SET status = $1, decision = $2, reasons = $3, shadow_reasons = $4, policies = $5,
            approval = $6, authorized_at = $7, expires_at = $8, hold_expires_at = $9, confirmed_amount = $10, late = $11,
            resolved_at = $12, claims = $13
        WHERE company_id = $14 AND authorization_id = $15
        """)
    private static let addEvidence = Statement(
        """
        UPDATE authorizations SET held_evidence = evidence, evidence = $1
        WHERE company_id = $2 AND authorization_id = $3
        """)
    private static let evidence = Statement(
        "SELECT evidence, held_evidence FROM authorizations WHERE company_id = $1 AND authorization_id = $2")
    static let select =
        """
        SELECT authorization_id, environment, agent_id, amount, currency, merchant, note, metadata, audience, lifetime_s,
            created_at, status, decision, reasons, shadow_reasons, policies, approval, authorized_at, expires_at,
            hold_expires_at, confirmed_amount, late, resolved_at, claims
        FROM authorizations
        """
    private static let find = Statement(
        """
        \(select) WHERE company_id = $1 AND authorization_id = $2 AND environment = $3
        """)
    private static let nextLapse = Statement(
        """
        SELECT
            (SELECT hold_expires_at FROM authorizations WHERE company_id = $1 AND status = 'PENDING'
             ORDER BY hold_expires_at LIMIT 1),
            (SELECT expires_at FROM authorizations WHERE company_id = $1 AND status = 'HELD'
             ORDER BY expires_at LIMIT 1)
        """)
    private static let heldCount = Statement(
        "SELECT COUNT(*) FROM authorizations WHERE company_id = $1 AND environment = $2 AND status = 'HELD'")
    private static let lapsedReservations = Statement(
        """
        \(select) WHERE company_id = $1 AND status = 'PENDING' AND hold_expires_at <= $2
        ORDER BY hold_expires_at LIMIT $3
        """)
    private static let lapsedRequests = Statement(
        """
        \(select) WHERE company_id = $1 AND status = 'HELD' AND expires_at <= $2
        ORDER BY expires_at LIMIT $3
        """)

    /// Written with the group's others, at the latest before anybody looks.
    static func insert(
        _ authorization: Authorization, _ evidence: Evidence, in books: Books
    ) throws(StorageError) {
        try books.tx.memory.authorizations.append(
            [
                SQLValue(books.companyID), SQLValue(authorization.id), .text(authorization.environment.rawValue),
                SQLValue(authorization.agentID), .integer(authorization.money.minorUnits),
                .text(authorization.money.currency.text), SQLValue(json: authorization.merchant),
                SQLValue(authorization.note?.text), SQLValue(json: authorization.metadata),
                SQLValue(authorization.audience?.text), .integer(authorization.lifetimeSeconds),
                SQLValue(authorization.createdAt),
            ] + changing(authorization) + [.text(evidence.json)])
    }

    static func write(_ rows: [[SQLValue]], in tx: any StoreTransaction) throws(StorageError) {
        for start in stride(from: 0, to: rows.count, by: rowsMax) {
            let together = rows[start..<min(start + rowsMax, rows.count)]
            try tx.execute(inserts[together.count - 1], together.flatMap(\.self))
        }
    }

    /// Writes what a transition may change.
    static func update(_ authorization: Authorization, in books: Books) throws(StorageError) {
        // What was found of it before is past; of whichever environment these books are.
        books.switched(to: authorization.environment).take(.authorization(authorization.id))
        try books.tx.execute(
            update, changing(authorization) + [SQLValue(books.companyID), SQLValue(authorization.id)])
    }

    /// What a held request was decided under the second time, beside what it was held under.
    static func addEvidence(
        _ evidence: Evidence, to id: AuthorizationID, in books: Books
    ) throws(StorageError) {
        try books.tx.execute(addEvidence, [.text(evidence.json), SQLValue(books.companyID), SQLValue(id)])
    }

    /// What the authorization's latest decision was made under, and the one before where it was held first. Nil for what
    /// was decided before evidence was kept.
    static func evidence(
        of authorization: Authorization, in books: Books
    ) throws(StorageError) -> (latest: Evidence?, held: Evidence?) {
        let row = try books.tx.execute(evidence, [SQLValue(books.companyID), SQLValue(authorization.id)]).first
        guard let row else { return (nil, nil) }
        func read(_ column: Int) throws(StorageError) -> Evidence? {
            try row.optionalJSON(column, as: Evidence.Stored.self).map { Evidence($0, agent: authorization.agentID) }
        }
        return (try read(0), try read(1))
    }

    static func find(_ id: AuthorizationID, in books: Books) throws(StorageError) -> Authorization? {
        try books.rows(of: .authorization(id), or: findQuestion(id, in: books)).first.map(authorization)
    }

    static func findQuestion(_ id: AuthorizationID, in books: Books) -> Question {
        Question(find, [SQLValue(books.companyID), SQLValue(id), .text(books.environment.rawValue)])
    }

    /// When the next of the company's reservations and held requests lapses, in either environment; it may be past.
    static func nextLapse(in books: Books) throws(StorageError) -> Instant? {
        try nextLapse(books.tx.execute(nextLapseQuestion(of: books.companyID)))
    }

    static func nextLapseQuestion(of company: CompanyID) -> Question { Question(nextLapse, [SQLValue(company)]) }

    static func nextLapse(_ rows: [Row]) throws(StorageError) -> Instant? {
        guard let row = rows.first else { return nil }
        return try [row.optionalInstant(0), row.optionalInstant(1)].compactMap { $0 }.min()
    }

    static func heldCount(in books: Books) throws(StorageError) -> Int64 {
        try books.tx.number(heldCount, [SQLValue(books.companyID), .text(books.environment.rawValue)])
    }

    /// Unconfirmed reservations of the company, in either environment, whose time is over; oldest first.
    static func lapsedReservations(max: Int64, in books: Books) throws(StorageError) -> [Authorization] {
        try lapsed(lapsedReservations, max: max, in: books)
    }

    /// Held requests of the company, in either environment, that nobody decided on in time; oldest first.
    static func lapsedRequests(max: Int64, in books: Books) throws(StorageError) -> [Authorization] {
        try lapsed(lapsedRequests, max: max, in: books)
    }

    private static func lapsed(
        _ statement: Statement, max: Int64, in books: Books
    ) throws(StorageError) -> [Authorization] {
        try books.tx.execute(statement, [SQLValue(books.companyID), SQLValue(books.now), .integer(max)])
            .map(authorization)
    }

    private static func changing(_ authorization: Authorization) throws(StorageError) -> [SQLValue] {
        [
            .text(authorization.status.rawValue), .text(authorization.decision.rawValue),
            SQLValue(json: authorization.reasons), SQLValue(json: authorization.shadowReasons),
            SQLValue(json: authorization.policies), try SQLValue(json: authorization.approval),
            SQLValue(authorization.authorizedAt), SQLValue(authorization.expiresAt),
            SQLValue(authorization.holdExpiresAt), SQLValue(authorization.confirmedAmount),
            SQLValue(authorization.late), SQLValue(authorization.resolvedAt), SQLValue(json: authorization.claims),
        ]
    }

    static func authorization(_ row: Row) throws(StorageError) -> Authorization {
        Authorization(
            id: try row.id(0), environment: try row.choice(1), agentID: try row.id(2), money: try row.money(3, 4),
            merchant: try row.optionalJSON(5), note: try row.optionalChecked(6), metadata: try row.metadata(7),
            audience: try row.optionalChecked(8), lifetimeSeconds: try row.integer(9), createdAt: try row.instant(10),
            status: try row.choice(11), decision: try row.choice(12), reasons: try row.json(13),
            shadowReasons: try row.json(14), policies: try row.json(15), approval: try row.optionalJSON(16),
            authorizedAt: try row.optionalInstant(17), expiresAt: try row.instant(18),
            holdExpiresAt: try row.optionalInstant(19), confirmedAmount: try row.optionalInteger(20),
            late: try row.integer(21) != 0, resolvedAt: try row.optionalInstant(22), claims: try row.optionalJSON(23))
    }
}
