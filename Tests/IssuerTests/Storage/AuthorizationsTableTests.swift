import Testing

@testable import Issuer

@Suite struct AuthorizationsTableTests {
    static let agent = AgentID("agt_00000000000000000000000000")!

    @Test(
        "a list of one agent's, or of what waits for approval, does not read through the whole company",
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
