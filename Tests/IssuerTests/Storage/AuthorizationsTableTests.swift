import StoreFixtures
import Testing

@testable import Issuer

@Suite struct AuthorizationsTableTests {
    static let agent = AgentID("agt_00000000000000000000000000")!

    @Test("what is recorded of an authorization is read back as it was, whatever is in its parts")
    func readBack() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        var closed = try PolicyTerms.usd([.of(.rolling(seconds: 60), amount: 5, count: 0), .of(.daily, amount: 1)])
        closed.schedule = try Schedule(days: [.sunday], from: .startOfDay, to: .endOfDay)
        closed.merchants = AllowBlock(block: [try MerchantID("\"m\"\\")])
        try await test.policy(closed)
        var shadow = closed
        shadow.mode = .shadow
        try await test.policy(shadow)
        let merchant = try Merchant(
            id: "\"m\"\\", name: "Fährte\u{1F600}", category: MerchantCategory("5734"), country: CountryCode("US"))
        let metadata = try Metadata(["a": "line\nbreak", "\"": "\\", "\u{e9}": ""])
        for merchant in [merchant, nil] {
            let request = try AuthorizationRequest(
                agentID: agent, money: .usd(7), merchant: merchant, note: Note("n"), metadata: metadata,
                audience: Audience("p"), lifetimeSeconds: 60)
            let made = try await test.issuer.authorize(request, as: test.owner, once: nil).result.get().authorization
            #expect(made.reasons.count >= 4 && made.shadowReasons.count == made.reasons.count)
            let found = try await test.issuer.authorization(made.id, as: test.owner).authorization
            #expect(found == made)
        }
    }

    @Test(
        "a list of one agent's, or of what waits for approval, does not read through the whole company",
        .enabled(if: !TestStore.isPostgreSQL, "PostgreSQL reads a small table whole, whatever its indexes"),
        arguments: [
            (AuthorizationFilter(agentID: agent), "authorizations_by_agent"),
            (AuthorizationFilter(agentID: agent, status: .confirmed), "authorizations_by_agent"),
            (AuthorizationFilter(status: .held), "authorizations_for_approval"),
            (AuthorizationFilter(agentID: agent, status: .held), "authorizations_for_approval"),
        ])
    func index(_ filter: AuthorizationFilter, _ index: String) async throws {
        let test = try await TestIssuer()
        let plan = try await test.issuer.store.globalTransaction { tx in
            let explained = Statement("EXPLAIN QUERY PLAN \(Authorizations.statement(for: filter).sql)")
            return try tx.execute(explained, Array(repeating: .text(""), count: 8)).map { try $0.text(3) }
        }
        #expect(plan.contains { $0.contains("USING INDEX \(index)") }, "\(plan)")
    }
}
