import Testing

@testable import Issuer

@Suite struct PolicySetTests {
    @Test("of a thousand policies those that apply are found, the same and in the same order as by looking at each")
    func sameAsLookingAtEach() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let agents: [AgentID] = (0..<20).map { _ in PolicyEngineTests.ids.next(at: PolicyEngineTests.now) }
        let currencies = try ["USD", "EUR", "JPY"].map { try CurrencyCode($0) }
        let policies = try (0..<1000).map { _ in
            try PolicyEngineTests.policy { terms in
                terms.agentID = Int.random(in: 0..<10, using: &random) == 0 ? nil : agents.randomElement(using: &random)
                terms.enabled = Int.random(in: 0..<5, using: &random) > 0
                terms.currency = currencies.randomElement(using: &random)!
                terms.mode = Bool.random(using: &random) ? .enforce : .shadow
            }
        }
        let set = PolicySet(policies)
        #expect(set.all == policies)
        for agent in agents {
            let all = policies.filter { $0.terms.enabled && ($0.terms.agentID == nil || $0.terms.agentID == agent) }
            #expect(set.applicable(to: agent) == all, "seed \(seed)")
            for currency in currencies {
                #expect(
                    set.applicable(to: agent, in: currency) == all.filter { $0.terms.currency == currency },
                    "seed \(seed)")
            }
        }
    }

    @Test("a change of one policy is seen at once, and so are a new one and one that was deleted")
    func changes() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        let kept = try await test.policy(.usd([.of(.perAuthorization, amount: 100)]))
        #expect(try await test.authorize(100, agent).authorization.policies.map(\.version) == [1])
        let other = try await test.policy(.usd([.of(.perAuthorization, amount: 50)]))
        #expect(try await test.authorize(100, agent).authorization.policies.map(\.id) == [kept, other])
        _ = try await test.issuer.replacePolicy(
            other, with: .usd([.of(.perAuthorization, amount: 200)]), ifVersion: nil, as: test.owner)
        let changed = try await test.authorize(100, agent).authorization
        #expect(changed.decision == .approved)
        #expect(changed.policies.map(\.version) == [1, 2])
        try await test.issuer.deletePolicy(other, as: test.owner)
        #expect(try await test.authorize(100, agent).authorization.policies.map(\.id) == [kept])
    }
}
