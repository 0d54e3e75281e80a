import Testing

@testable import Issuer

/// Sums that no counter can hold: 513 authorizations of the largest amount pass 2^62 minor units.
@Suite struct `Counters that are full` {
    private static let most = Money.minorUnitsMax
    private static let tooMany = 520

    private static func reserve(_ count: Int, _ agent: AgentID, _ test: TestIssuer) async throws -> [AuthorizationID] {
        var ids: [AuthorizationID] = []
        for _ in 0..<count { ids.append(try await test.authorize(most, agent).authorization.id) }
        return ids
    }

    @Test func `a limit that is added when more was spent than a counter holds denies, and all else goes on`()
        async throws
    {
        let test = try await TestIssuer()
        let (agent, other) = (try await test.agent("A"), try await test.agent("B"))
        try await test.policy(.usd())
        for id in try await Self.reserve(Self.tooMany, agent, test) { _ = try await test.confirm(id) }
        _ = try await Self.reserve(Self.tooMany, agent, test)

        try await test.policy(.usd([.of(.allTime, amount: Self.most)], agent: agent))
        let denied = try await test.authorize(1, agent).authorization
        #expect(denied.decision == .denied && denied.reasons.map(\.code) == [.policyError])
        // Another agent's budget is not full.
        try await test.policy(.usd([.of(.rolling(seconds: 86_400), amount: Self.most)], agent: other))
        #expect(try await test.authorize(1, other).authorization.decision == .approved)

        let overview = try await test.issuer.overview(currency: nil, as: test.owner)
        #expect(overview.byStatus[.confirmed]?.amount == Spend.amountMax)
        #expect(overview.byAgent.first?.total.amount == Spend.amountMax)
        let budgets = try await test.issuer.budget(of: agent, as: test.owner).budgets
        #expect(budgets.map(\.remaining) == [0])
        #expect(
            try await test.issuer.merchants(of: agent, currency: CurrencyCode("USD"), days: 1, as: test.owner).count
                == 1)
        #expect(try await test.issuer.checkBooks().balances)
    }

    @Test(arguments: [false, true])
    func `a full counter stays full whatever is given back, and refuses nothing but limits`(rolling: Bool) async throws
    {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        let interval: Interval = rolling ? .rolling(seconds: 86_400) : .allTime
        try await test.policy(.usd())
        var shadow = try PolicyTerms.usd([.of(interval, count: 1)])
        shadow.mode = .shadow
        try await test.policy(shadow)
        let ids = try await Self.reserve(Self.tooMany, agent, test)
        for id in ids { _ = try await test.void(id) }
        #expect(try await test.issuer.checkBooks().balances)

        try await test.policy(.usd([.of(interval, amount: 1000)]))
        let denied = try await test.authorize(1, agent).authorization
        #expect(denied.decision == .denied && denied.reasons.map(\.code) == [.policyError])
        #expect(try await test.issuer.checkBooks().balances)

        // A window moves on.
        test.clock.advance(seconds: 2 * 86_400)
        #expect(try await test.authorize(1, agent).authorization.decision == (rolling ? .approved : .denied))
        #expect(try await test.issuer.checkBooks().balances)
    }

    @Test func `late confirmations fill a counter, and a simulation, and fail neither`() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd())
        var ids: [AuthorizationID] = []
        for _ in 0..<3 {
            ids += try await Self.reserve(400, agent, test)
            test.clock.advance(seconds: 86_400)
        }
        for id in ids { #expect(try await test.confirm(id).late) }
        let terms = try PolicyTerms.usd([.of(.allTime, amount: 1000)])
        let draft = try SimulationDraft(
            terms: terms, from: test.clock.now, to: test.clock.now.adding(seconds: 1))
        _ = try await test.issuer.simulate(draft, as: test.owner)
        try await test.policy(terms)
        #expect(try await test.authorize(1, agent).authorization.decision == .denied)
    }
}
