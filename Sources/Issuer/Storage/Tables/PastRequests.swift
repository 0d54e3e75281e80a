/// Requests of the past, to try a policy on: read in stretches, on no path that anybody waits for.
enum PastRequests {
    private static let columns =
        """
        authorization_id, agent_id, amount, currency, merchant, created_at, decision, status, reasons, approval,
        authorized_at, hold_expires_at, confirmed_amount, late, resolved_at, environment
        """
    private static let requests = byAgent { whose in
        """
        SELECT \(columns) FROM authorizations
        WHERE company_id = $1 AND authorization_id > $2 AND authorization_id < $3 \(whose("$4"))
        ORDER BY authorization_id LIMIT $5
        """
    }
    private static let spends = byAgent { whose in
        """
        SELECT \(columns) FROM authorizations
        WHERE company_id = $1 AND environment = $2 AND currency = $3 AND authorized_at >= $4 AND authorized_at <= $5
            AND (authorized_at < $5 OR authorization_id < $6) AND created_at < $7 \(whose("$8"))
        ORDER BY authorized_at DESC, authorization_id DESC LIMIT $9
        """
    }

    /// One text for all agents and one for one, each served by an index.
    private static func byAgent(
        _ sql: ((_ agent: String) -> String) -> String
    ) -> (all: Statement, one: Statement) {
        (Statement(sql { "AND CAST(\($0) AS TEXT) IS NULL" }), Statement(sql { "AND agent_id = \($0)" }))
    }

    /// What a stretch of the past held: the requests that are wanted, and where the next stretch begins.
    struct Stretch: Sendable {
        var requests: [PastRequest] = []
        /// How many were looked at, of whatever currency and environment.
        var lookedAt = 0
        /// The last that was looked at. Nil: there are no more.
        var last: AuthorizationID?
    }

    /// The next `limit` in the order in which they were asked for. `after` the last of the stretch before; nil begins.
    static func requests(
        in period: Period, of agent: AgentID?, currency: CurrencyCode, after: AuthorizationID?, limit: Int,
        in books: Books
    ) throws(StorageError) -> Stretch {
        // An identifier holds the time at which it was made, or a later one where the clock was set back by less than a day.
        let (first, last) = (
            AuthorizationID.first(at: period.start), AuthorizationID.first(at: period.end.adding(seconds: 86_400))
        )
        let rows = try books.tx.execute(
            agent == nil ? requests.all : requests.one,
            [
                SQLValue(books.companyID), SQLValue(after ?? first), SQLValue(last), SQLValue(agent),
                .integer(Int64(limit)),
            ])
        var stretch = Stretch(lookedAt: rows.count)
        for row in rows {
            stretch.last = try row.id(0)
            guard try row.text(15) == books.environment.rawValue, try row.text(3) == currency.text,
                period.contains(try row.instant(5))
            else { continue }
            stretch.requests.append(try request(row))
        }
        if rows.count < limit { stretch.last = nil }
        return stretch
    }

    /// The latest `limit` that were approved in a period and asked for before an instant, latest first. `before` the last of
    /// those before; nil begins.
    static func spends(
        in period: Period, askedBefore start: Instant, of agent: AgentID?, currency: CurrencyCode, before: PastRequest?,
        limit: Int,
        in books: Books
    ) throws(StorageError) -> [PastRequest] {
        let latest = before?.authorizedAt ?? Instant(milliseconds: period.end.milliseconds - 1)
        return try books.tx.execute(
            agent == nil ? spends.all : spends.one,
            [
                SQLValue(books.companyID), .text(books.environment.rawValue), .text(currency.text),
                SQLValue(period.start), SQLValue(latest), .text(before?.id.text ?? Page.pastEverything),
                SQLValue(start), SQLValue(agent), .integer(Int64(limit)),
            ]
        ).map(request)
    }

    private static func request(_ row: Row) throws(StorageError) -> PastRequest {
        let status: AuthorizationStatus = try row.choice(7)
        return PastRequest(
            id: try row.id(0), agentID: try row.id(1), money: try row.money(2, 3), merchant: try row.optionalJSON(4),
            createdAt: try row.instant(5), decision: try row.choice(6), status: status,
            reasons: status == .denied ? try row.json(8) : [], hadApproval: try row.optionalText(9) != nil,
            authorizedAt: try row.optionalInstant(10), holdExpiresAt: try row.optionalInstant(11),
            confirmedAmount: try row.optionalInteger(12), isLate: try row.integer(13) != 0,
            resolvedAt: try row.optionalInstant(14))
    }
}
