@testable import Issuer

extension TestIssuer {
    /// Every counter that is not the sum of the authorizations it covers, added up one by one.
    func wrongCounters() async throws -> [String] {
        let counters = Statement(
            """
            SELECT subject, period_start, period_end, environment, currency, reserved_amount, reserved_count,
                confirmed_amount, confirmed_count
            FROM counters WHERE company_id = $1
            """)
        let spends = Statement(
            """
            SELECT agent_id, authorized_at, environment, currency, status, amount, confirmed_amount
            FROM authorizations WHERE company_id = $1 AND authorized_at IS NOT NULL
            """)
        let (rows, authorizations) = try await issuer.store.globalTransaction { [company] tx in
            (
                try tx.execute(counters, [SQLValue(company.companyID)]),
                try tx.execute(spends, [SQLValue(company.companyID)])
            )
        }
        return try rows.compactMap { row in
            let (subject, start, end) = (try row.text(0), try row.integer(1), try row.integer(2))
            var sum = Spend()
            for spend in authorizations
            where try (subject == "*" || subject == spend.text(0)) && (start..<end).contains(spend.integer(1))
                && spend.text(2) == row.text(3) && spend.text(3) == row.text(4)
            {
                switch try spend.text(4) {
                case "PENDING": sum = sum + .reserving(try spend.integer(5))
                case "CONFIRMED": sum = sum + .confirmingLate(try spend.integer(6))
                default: break
                }
            }
            let counted = try row.spend(from: 5)
            return counted == sum ? nil : "\(subject) \(start)..<\(end): counted \(counted), is \(sum)"
        }
    }

    func everyAuthorization() async throws -> [AuthorizationID] {
        try await issuer.store.globalTransaction { [company] tx in
            let all = Statement("SELECT authorization_id FROM authorizations WHERE company_id = $1")
            return try tx.execute(all, [SQLValue(company.companyID)]).map { try $0.id(0) }
        }
    }

    func counterCount() async throws -> Int64 {
        try await issuer.store.globalTransaction { [company] tx in
            let count = Statement("SELECT COUNT(*) FROM counters WHERE company_id = $1")
            return try tx.execute(count, [SQLValue(company.companyID)])[0].integer(0)
        }
    }
}
