import Testing

@testable import Issuer

/// One authorization's life, and what the budget shows at each step.
@Suite struct LifecycleTests {
    @Test("a reservation counts, a partial confirmation releases the rest, and a void releases all")
    func reserveConfirmVoid() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd([.of(.daily, amount: 1000, count: 5)]))
        let first = try await test.authorize(600, agent).authorization
        var budget = try await test.budget(agent)
        #expect((budget.reserved, budget.confirmed, budget.remaining) == (600, 0, 400))
        #expect((budget.reservedCount, budget.confirmedCount, budget.remainingCount) == (1, 0, 4))

        _ = try await test.confirm(first.id, 250)
        budget = try await test.budget(agent)
        #expect((budget.reserved, budget.confirmed, budget.remaining) == (0, 250, 750))
        #expect((budget.reservedCount, budget.confirmedCount, budget.remainingCount) == (0, 1, 4))

        let second = try await test.authorize(750, agent).authorization
        #expect(try await test.authorize(1, agent).authorization.decision == .denied)
        _ = try await test.void(second.id)
        budget = try await test.budget(agent)
        #expect((budget.reserved, budget.confirmed, budget.remaining) == (0, 250, 750))
    }

    @Test("confirming or voiding again gives the same answer and changes nothing")
    func again() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd([.of(.daily, amount: 1000)]))
        let first = try await test.authorize(100, agent).authorization
        let confirmed = try await test.confirm(first.id, 60)
        test.clock.advance(seconds: 5)
        #expect(try await test.confirm(first.id, 60) == confirmed)
        await #expect(throws: IssuerError.invalidState(.confirmed, "It was confirmed with 60; that is final.")) {
            _ = try await test.confirm(first.id)
        }
        let second = try await test.authorize(100, agent).authorization
        let voided = try await test.void(second.id)
        #expect(try await test.void(second.id) == voided)
        let budget = try await test.budget(agent)
        #expect((budget.reserved, budget.confirmed) == (0, 60))
    }

    @Test("a reservation lapses at its instant, without anybody asking, and not before")
    func expiry() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd([.of(.allTime, amount: 1000)]))
        let reserved = try await test.authorize(1000, agent).authorization
        #expect(reserved.holdExpiresAt == reserved.expiresAt.adding(seconds: 3600))
        test.clock.advance(seconds: 900 + 3600 - 1)
        #expect(try await test.budget(agent).reserved == 1000)
        test.clock.advance(seconds: 1)
        #expect(try await test.budget(agent).reserved == 0)
        #expect(try await test.issuer.authorization(reserved.id, as: test.owner).authorization.status == .expired)
        #expect(try await test.authorize(1000, agent).authorization.decision == .approved)
    }

    @Test("of very many that are due at once a transaction lapses a part; what is looked at has lapsed all the same")
    func manyLapse() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd([.of(.allTime, amount: 10_000)], approvalAbove: 10))
        let most = Portions().lapsed
        let reserved = try await Self.copy(test.authorize(10, agent).authorization.id, times: 2 * most, "r", test)
        let held = try await Self.copy(test.authorize(11, agent).authorization.id, times: 2 * most, "h", test)
        try await test.issuer.store.globalTransaction { tx in
            let recount = Statement("UPDATE counters SET reserved_amount = 10 * $1, reserved_count = $1")
            _ = try tx.execute(recount, [.integer(2 * most + 1)])
        }
        test.clock.advance(seconds: 86_400)
        await #expect(throws: IssuerError.invalidState(.denied, "It is not waiting for approval.")) {
            _ = try await test.issuer.approve(held, note: nil, as: test.owner, once: nil).result.get()
        }
        #expect(try await Self.count("HELD", test) == most)
        #expect(try await Self.count("PENDING", test) == most + 1)
        #expect(try await test.issuer.authorization(held, as: test.owner).authorization.status == .denied)
        #expect(try await test.confirm(reserved).late)
        #expect(try await Self.count("PENDING", test) == 0)
        let budget = try await test.budget(agent)
        #expect((budget.reserved, budget.confirmed) == (0, 10))
    }

    @Test("no spend is denied for reservations that are over, however many ended at once, and no budget shows them")
    func manyLapseBeforeDenial() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        let count = 2 * Portions().lapsed + 50
        try await test.policy(.usd([.of(.allTime, amount: count)]))
        for _ in 0..<count { _ = try await test.authorize(1, agent) }
        #expect(try await test.authorize(1, agent).authorization.decision == .denied)
        test.clock.advance(seconds: 86_400)
        #expect(try await test.authorize(count, agent).authorization.decision == .approved)
        #expect(try await test.budget(agent).reserved == count)
        test.clock.advance(seconds: 86_400)
        #expect(try await test.budget(agent).reserved == 0)
        #expect(try await test.issuer.checkBooks().balances)
    }

    @Test("nothing that is over is counted for a shadow policy or listed, however much ended at once")
    func manyLapseUnseen() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        let count = 2 * Portions().lapsed + 50
        try await test.policy(.usd([.of(.allTime, amount: 10 * count)], approvalAbove: 2 * count))
        var shadow = try PolicyTerms.usd([.of(.allTime, amount: count)])
        shadow.mode = .shadow
        try await test.policy(shadow)
        for _ in 0..<count { _ = try await test.authorize(1, agent) }
        for _ in 0..<count { _ = try await test.authorize(2 * count + 1, agent) }
        test.clock.advance(seconds: 86_400)
        #expect(try await test.authorize(count, agent).authorization.shadowReasons == [])
        test.clock.advance(seconds: 1)
        #expect(try await test.issuer.approvals(page: Page(), as: test.owner).items.isEmpty)
        test.clock.advance(seconds: -86_401)
        for _ in 0..<count { _ = try await test.authorize(1, agent) }
        test.clock.advance(seconds: 86_401)
        let pending = AuthorizationFilter(status: .pending)
        let listed = try await test.issuer.authorizations(pending, page: Page(), as: test.owner).items
        #expect(listed.allSatisfy { $0.money.minorUnits == count })
    }

    /// Writes an authorization many times over, and gives the copy whose turn to lapse comes last.
    private static func copy(
        _ id: AuthorizationID, times: Int64, _ letter: String, _ test: TestIssuer
    ) async throws -> AuthorizationID {
        let columns = """
            company_id, environment, agent_id, amount, currency, merchant, note, metadata, audience, lifetime_s, created_at,
            status, decision, reasons, shadow_reasons, policies, approval, authorized_at, expires_at, hold_expires_at,
            confirmed_amount, late, resolved_at, claims
            """
        let copy = Statement(
            """
            WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $1)
            INSERT INTO authorizations (authorization_id, \(columns))
            SELECT 'auth_' || CAST($2 AS TEXT)
                || SUBSTR('0000000000000000000000000' || CAST(n AS TEXT), LENGTH(CAST(n AS TEXT)) + 1), \(columns) FROM numbers, authorizations WHERE authorization_id = $3
            ORDER BY n RETURNING authorization_id
            """)
        let ids = try await test.issuer.store.globalTransaction { tx in
            try tx.execute(copy, [.integer(times), .text(letter), .text(id.text)]).map { try $0.text(0) }
        }
        return try #require(ids.max().flatMap(AuthorizationID.init))
    }

    private static func count(_ status: String, _ test: TestIssuer) async throws -> Int64 {
        try await test.issuer.store.globalTransaction { tx in
            let count = Statement("SELECT COUNT(*) FROM authorizations WHERE status = $1")
            return try tx.execute(count, [.text(status)])[0].integer(0)
        }
    }

    @Test("a late confirmation is recorded even past the limit, and blocks what comes after")
    func lateConfirm() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd([.of(.allTime, amount: 1000)]))
        let lapsed = try await test.authorize(800, agent).authorization
        test.clock.advance(seconds: 4500)
        let second = try await test.authorize(900, agent).authorization
        #expect(second.decision == .approved)
        let confirmed = try await test.confirm(lapsed.id)
        #expect(confirmed.late)
        #expect(confirmed.status == .confirmed)
        let budget = try await test.budget(agent)
        #expect((budget.confirmed, budget.reserved, budget.remaining) == (800, 900, 0))
        #expect(try await test.authorize(1, agent).authorization.decision == .denied)
    }

    @Test("a void after expiry changes nothing")
    func voidAfterExpiry() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd([.of(.allTime, amount: 1000)]))
        let lapsed = try await test.authorize(800, agent).authorization
        test.clock.advance(seconds: 4500)
        await #expect(throws: IssuerError.self) { _ = try await test.void(lapsed.id) }
        #expect(try await test.issuer.authorization(lapsed.id, as: test.owner).authorization.status == .expired)
        #expect(try await test.budget(agent).reserved == 0)
    }

    @Test("a spend counts in the period in which it was authorized, whenever it is confirmed or voided")
    func periodOfAuthorization() async throws {
        let test = try await TestIssuer(clock: ManualClock("2026-03-02T23:55:00Z"))
        let agent = try await test.agent()
        try await test.policy(.usd([.of(.daily, amount: 1000)]))
        let kept = try await test.authorize(700, agent).authorization
        let dropped = try await test.authorize(300, agent).authorization
        test.clock.set("2026-03-03T00:00:00Z")
        #expect(try await test.budget(agent).remaining == 1000)
        _ = try await test.confirm(kept.id)
        _ = try await test.void(dropped.id)
        let today = try await test.budget(agent)
        #expect((today.reserved, today.confirmed) == (0, 0))
        test.clock.set("2026-03-02T23:59:59Z")
        let yesterday = try await test.budget(agent)
        #expect((yesterday.reserved, yesterday.confirmed) == (0, 700))
    }

    @Test("a limit that is added or changed counts what its period has already seen")
    func limitAddedLater() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        let policy = try await test.policy(.usd())
        let first = try await test.authorize(600, agent).authorization
        _ = try await test.confirm(first.id, 500)
        _ = try await test.authorize(200, agent)
        let dropped = try await test.authorize(50, agent).authorization
        _ = try await test.void(dropped.id)
        _ = try await test.issuer.replacePolicy(
            policy, with: .usd([.of(.monthly, amount: 1000, count: 3)]), ifVersion: [1], as: test.owner)
        let budget = try await test.budget(agent)
        #expect((budget.confirmed, budget.reserved, budget.remaining) == (500, 200, 300))
        #expect((budget.confirmedCount, budget.reservedCount, budget.remainingCount) == (1, 1, 1))
        #expect(try await test.authorize(301, agent).authorization.decision == .denied)
        #expect(try await test.authorize(300, agent).authorization.decision == .approved)
    }

    @Test("a shared limit counts all agents together, a per-agent limit and an agent's own each alone")
    func subjects() async throws {
        let test = try await TestIssuer()
        let (first, second) = (try await test.agent("First"), try await test.agent("Second"))
        let shared = try await test.policy(.usd([.of(.daily, amount: 100)]))
        #expect(try await test.authorize(60, first).authorization.decision == .approved)
        #expect(try await test.authorize(60, second).authorization.decision == .denied)
        var terms = try PolicyTerms.usd([.of(.daily, amount: 100)])
        terms.counter = .perAgent
        _ = try await test.issuer.replacePolicy(shared, with: terms, ifVersion: nil, as: test.owner)
        #expect(try await test.authorize(60, second).authorization.decision == .approved)
        #expect(try await test.authorize(60, first).authorization.decision == .denied)
        #expect(try await test.budget(first).scope == .agent)
    }

    @Test("when one of two limits refuses, neither counter moves")
    func allOrNothing() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd([.of(.daily, amount: 100)], agent: agent))
        try await test.policy(.usd([.of(.monthly, amount: 50)]))
        let denied = try await test.authorize(60, agent).authorization
        #expect(denied.reasons.map(\.code) == [.monthlyLimitExceeded])
        let budgets = try await test.issuer.budget(of: agent, as: test.owner).budgets
        #expect(budgets.map(\.reserved) == [0, 0])
    }
}
