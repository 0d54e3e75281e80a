import Testing

@testable import Issuer

@Suite struct SweepTests {
    @Test("a company whose books cannot be read keeps no other from being visited, and is told of")
    func damagedCompany() async throws {
        let test = try await TestIssuer()
        try await test.policy(.usd())
        let damaged = try await test.authorize(10, test.agent()).authorization.id
        try await test.issuer.store.globalTransaction { tx in
            _ = try tx.execute(
                Statement("UPDATE authorizations SET reasons = 'not JSON' WHERE authorization_id = $1"),
                [.text(damaged.text)])
        }
        let other = try await test.issuer.createCompany(name: Name("Other"))
        let stranger = try await test.issuer.authenticate(apiKey: other.apiKey)
        _ = try await test.issuer.createAgent(
            AgentDraft(name: Name("X")), as: stranger,
            once: OnceOnly(key: IdempotencyKey("k"), fingerprint: [1], requestID: "req_1"))
        test.clock.advance(seconds: 2 * OnceOnly.retentionSeconds)
        await #expect(throws: IssuerError.self) { try await Sweeper(test.issuer).sweep() }
        let left = try await test.issuer.store.globalTransaction { tx in
            try tx.execute(Statement("SELECT COUNT(*) FROM idempotency_keys"), [])[0].integer(0)
        }
        #expect(left == 0)
    }
}
