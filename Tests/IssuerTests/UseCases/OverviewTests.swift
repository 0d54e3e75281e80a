import Testing

@testable import Issuer

@Suite struct OverviewTests {
    private static let day: Int64 = 86_400

    @Test("a company in which nothing was asked for has no currency, and days without spends")
    func empty() async throws {
        let test = try await TestIssuer()
        let overview = try await test.issuer.overview(currency: nil, as: test.owner)
        #expect(overview.currencies.isEmpty && overview.currency == nil)
        #expect(overview.byDay.map(\.confirmed) == Array(repeating: 0, count: Int(Overview.days)))
    }

    @Test("every spend counts once: by status, by day, at its merchant, for its agent")
    func sums() async throws {
        let test = try await TestIssuer()
        let (one, other) = (try await test.agent("One"), try await test.agent("Other"))
        try await test.policy(.usd([.of(.allTime, amount: 10_000)], approvalAbove: 5000))
        let shop = try Merchant(id: "m_1", name: "Shop", category: nil, country: nil)
        let renamed = try Merchant(id: "m_1", name: "Shop Ltd", category: nil, country: nil)
        _ = try await test.confirm(try await test.authorize(1000, one, merchant: shop).authorization.id, 900)
        test.clock.advance(seconds: Self.day)
        _ = try await test.authorize(200, other, merchant: renamed)
        _ = try await test.void(try await test.authorize(400, one).authorization.id)
        _ = try await test.authorize(6000, one)
        _ = try await test.authorize(20_000, other)
        let overview = try await test.issuer.overview(currency: nil, as: test.owner)
        #expect(overview.currencies.map(\.text) == ["USD"])
        #expect(overview.byStatus.mapValues(\.count) == [.confirmed: 1, .pending: 1, .voided: 1, .held: 1, .denied: 1])
        #expect(overview.byStatus[.denied]?.amount == 20_000)
        #expect(overview.byDay.count == Int(Overview.days))
        #expect(overview.byDay.suffix(2).map(\.confirmed) == [900, 0])
        #expect(overview.byDay.suffix(2).map(\.reserved) == [0, 200])
        #expect(overview.byDay.dropLast(2).allSatisfy { $0.confirmed == 0 && $0.reserved == 0 })
        // One merchant, whatever name it came with.
        #expect(overview.byMerchant.map(\.merchant?.id) == ["m_1"])
        #expect(overview.byMerchant.map(\.total) == [SpendTotal(count: 2, amount: 1100)])
        #expect(overview.byAgent.map(\.name.text) == ["One", "Other"])
        #expect(overview.denials == [.allTimeLimitExceeded: 1])
    }

    @Test("what is older than thirty days is left out, and the other environment always is")
    func range() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd([.of(.allTime, amount: 10_000)]))
        _ = try await test.authorize(100, agent)
        test.clock.advance(seconds: (Overview.days - 1) * Self.day)
        #expect(try await test.issuer.overview(currency: nil, as: test.owner).byDay.first?.reserved == 0)
        #expect(try await test.issuer.overview(currency: nil, as: test.owner).byStatus.values.map(\.count) == [1])
        test.clock.advance(seconds: Self.day)
        #expect(try await test.issuer.overview(currency: nil, as: test.owner).currencies.isEmpty)
    }

    @Test("the revision changes with every change, and with nothing that only looks")
    func revision() async throws {
        let test = try await TestIssuer()
        let before = try await test.issuer.revision(as: test.owner)
        _ = try await test.issuer.overview(currency: nil, as: test.owner)
        _ = try await test.issuer.budgets(as: test.owner)
        #expect(try await test.issuer.revision(as: test.owner) == before)
        _ = try await test.agent()
        #expect(try await test.issuer.revision(as: test.owner) != before)
    }

    @Test("budgets say what the counters say, opened or not, and open none")
    func budgets() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd([.of(.daily, amount: 10_000)], agent: agent))
        _ = try await test.confirm(try await test.authorize(1000, agent).authorization.id)
        _ = try await test.authorize(50, agent)
        // Nobody has asked for these two yet.
        try await test.policy(.usd([.of(.monthly, amount: 5000), .of(.rolling(seconds: 3600), amount: 2000)]))
        let budgets = try await test.issuer.budgets(as: test.owner)
        #expect(budgets.map(\.interval.name) == ["DAILY", "MONTHLY", "ROLLING"])
        #expect(budgets.map(\.confirmed) == [1000, 1000, 1000])
        #expect(budgets.map(\.reserved) == [50, 50, 50])
        #expect(budgets.map(\.agentID) == [agent, nil, nil])
        #expect(try await test.issuer.budgets(of: agent, as: test.owner).map(\.remaining) == budgets.map(\.remaining))
        let counted = try await test.issuer.budget(of: agent, as: test.owner).budgets
        #expect(counted.map(\.remaining) == budgets.map(\.remaining))
    }

    @Test(
        "a search finds what holds the text, whatever is special in it",
        arguments: [
            ("cloud", ["Cloud 100%"]), ("100%", ["Cloud 100%"]), ("m_", ["Cloud 100%", "Paper"]),
            ("_1", ["Cloud 100%"]),
            ("a \"quote\"", ["Paper"]), ("back\\slash", ["Paper"]), ("po-7", ["Paper"]), ("nothing", []),
            ("%", ["Cloud 100%"]),
            ("!", []),
        ])
    func search(_ text: String, _ found: [String]) async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd([.of(.allTime, amount: 10_000)]))
        _ = try await test.authorize(
            100, agent, merchant: try Merchant(id: "m_1", name: "Cloud 100%", category: nil, country: nil))
        let paper = try AuthorizationRequest(
            agentID: agent, money: .usd(100), merchant: Merchant(id: "m_2", name: "Paper", category: nil, country: nil),
            note: Note("a \"quote\""), metadata: Metadata(["order": "PO-7", "path": "back\\slash"]))
        _ = try await test.issuer.authorize(paper, as: test.owner, once: nil).result.get()
        let search = try await test.issuer.authorizations(
            AuthorizationFilter(), text: text, page: Page(), as: test.owner)
        #expect(Set(search.items.compactMap(\.merchant?.name)) == Set(found))
        #expect(search.nextCursor == nil)
    }

    @Test("a change of an agent is refused where it was made to what the agent is no longer")
    func basis() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent("First")
        let basis = AgentChange.Basis(name: "First", description: "")
        _ = try await test.issuer.updateAgent(agent, AgentChange(name: Name("Second"), basis: basis), as: test.owner)
        await #expect(throws: IssuerError.invalid(field: "name", .changedMeanwhile)) {
            _ = try await test.issuer.updateAgent(agent, AgentChange(name: Name("Third"), basis: basis), as: test.owner)
        }
        #expect(try await test.issuer.agent(agent, as: test.owner).name.text == "Second")
    }
}
