import Testing

@testable import Issuer

@Suite struct SweepTests {
    @Test("of records past their time a sweep drops thousands, those of other environments too, and no younger one")
    func manyRecords() async throws {
        let test = try await TestIssuer()
        let company = test.owner.companyID
        func write(_ count: Int, _ name: String, _ environment: Environment) async throws {
            let now = test.clock.now
            try await test.issuer.store.transaction(for: company) { tx in
                let books = Books(
                    tx: tx, companyID: company, environment: environment, now: now, policyVersion: 0)
                for number in 0..<count {
                    try IdempotencyKeys.write(.test("\(name)-\(number)"), outcome: "{}", in: books)
                }
            }
        }
        try await write(2500, "old", .live)
        try await write(700, "old", .test)
        test.clock.advance(seconds: OnceOnly.retentionSeconds)
        try await write(5, "young", .live)
        test.clock.advance(milliseconds: 1)
        try await Sweeper(test.issuer).sweep()
        let left = try await test.issuer.store.globalTransaction { tx in
            try tx.execute(Statement("SELECT idempotency_key FROM idempotency_keys ORDER BY 1"), []).map {
                try $0.text(0)
            }
        }
        #expect(left == (0..<5).map { "young-\($0)" })
    }

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
