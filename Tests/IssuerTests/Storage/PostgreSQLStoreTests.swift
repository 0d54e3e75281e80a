import StoreFixtures
import Testing

@testable import Issuer

/// What only a store that several issuers share has to keep to: two issuers, each with connections and memories of its own.
@Suite(.enabled(if: TestStore.isPostgreSQL))
struct PostgreSQLStoreTests {
    let clock = ManualClock()
    let schema = TestStore.schema()
    let first: Issuer
    let second: Issuer
    let company: NewCompany
    let owner: Principal

    init() async throws {
        func open(_ clock: ManualClock, _ schema: String) async throws -> Issuer {
            try await Issuer.open(
                store: try await TestStore.openPostgreSQL(schema), settings: .test,
                masterKey: MasterKey(text: String(repeating: "5a", count: 32)), clock: clock.clock, ids: .random())
        }
        first = try await open(clock, schema)
        second = try await open(clock, schema)
        company = try await first.createCompany(name: Name("Acme"))
        owner = try await first.authenticate(apiKey: company.apiKey)
    }

    private func authorize(
        _ amount: Int64, _ agent: AgentID, at issuer: Issuer, once: OnceOnly? = nil
    ) async throws -> Authorization {
        try await issuer.authorize(
            AuthorizationRequest(agentID: agent, money: .usd(amount)), as: owner, once: once
        ).result.get().authorization
    }

    private func agent() async throws -> AgentID {
        try await first.createAgent(AgentDraft(name: Name("Buyer")), as: owner, once: nil).result.get().id
    }

    private func limit(_ amount: Int64) async throws -> PolicyID {
        try await first.createPolicy(.usd([.of(.allTime, amount: amount)]), as: owner, once: nil).result.get().id
    }

    @Test("two issuers on one database never pass one limit, however they race")
    func oneLimit() async throws {
        let agent = try await agent()
        _ = try await limit(500)
        let approved = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<120 {
                let issuer = number % 2 == 0 ? first : second
                group.addTask { try await authorize(10, agent, at: issuer).decision == .approved }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(approved == 50)
        #expect(try await second.checkBooks().balances)
        let audit = try await second.verifyAudit()
        #expect(audit.allSatisfy { $0.fault == nil })
    }

    @Test("one idempotency key that comes to both issuers at once takes effect once, and is answered alike")
    func once() async throws {
        let agent = try await agent()
        _ = try await limit(500)
        let ids = try await withThrowingTaskGroup(of: AuthorizationID.self) { group in
            for number in 0..<20 {
                let issuer = number % 2 == 0 ? first : second
                group.addTask { try await authorize(10, agent, at: issuer, once: .test("k")).id }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
        #expect(try await first.budget(of: agent, as: owner).budgets.first?.reserved == 10)
    }

    @Test("a key that one issuer has revoked opens nothing at the other's next request, reads included")
    func revocation() async throws {
        let made = try await first.createAPIKey(APIKeyDraft(name: Name("Key")), as: owner, once: nil).result.get()
        let principal = try await second.authenticate(apiKey: made.secret)
        _ = try await second.agents(page: Page(), as: principal)
        try await first.revokeAPIKey(made.key.id, as: owner)
        // It is remembered there, bcrypt and all.
        #expect(try second.remembered(apiKey: made.secret) != nil)
        await #expect(throws: IssuerError.unauthenticated) {
            try await second.agents(page: Page(), as: principal)
        }
        await #expect(throws: IssuerError.unauthenticated) {
            let again = try await second.authenticate(apiKey: made.secret)
            _ = try await second.agents(page: Page(), as: again)
        }
    }

    @Test("a policy that one issuer has changed decides at the other's next request")
    func policyChange() async throws {
        let agent = try await agent()
        let policy = try await limit(500)
        #expect(try await authorize(400, agent, at: second).decision == .approved)
        _ = try await first.replacePolicy(policy, with: .usd([.of(.allTime, amount: 450)]), ifVersion: nil, as: owner)
        #expect(try await authorize(100, agent, at: second).decision == .denied)
        _ = try await first.replacePolicy(policy, with: .usd([.of(.allTime, amount: 500)]), ifVersion: nil, as: owner)
        #expect(try await authorize(100, agent, at: second).decision == .approved)
    }

    @Test("after one issuer has rotated the keys, the other's next decision is signed with the new one")
    func rotation() async throws {
        let agent = try await agent()
        _ = try await limit(500)
        let old = second.keyRing.signingKeyID
        let report = try await first.rotateSigningKey()
        #expect(second.keyRing.signingKeyID == old && report.signing != old)
        #expect(try await authorize(10, agent, at: second).claims?.kid == report.signing)
        #expect(second.jwks() == first.jwks())
    }

    @Test("of two that rotate at once, whoever signs next signs with the one key that signs")
    func twoRotations() async throws {
        let agent = try await agent()
        _ = try await limit(500)
        async let left = first.rotateSigningKey()
        async let right = second.rotateSigningKey()
        _ = try await (left, right)
        let kids = try await Set([
            authorize(10, agent, at: first).claims?.kid, authorize(10, agent, at: second).claims?.kid,
        ])
        #expect(kids == [first.keyRing.signingKeyID] && first.keyRing.signingKeyID == second.keyRing.signingKeyID)
        #expect(first.signingKeys().count { $0.state == .signing } == 1)
    }

    @Test("what is due lapses once, whichever issuers look at it")
    func lapse() async throws {
        let agent = try await agent()
        _ = try await limit(10_000)
        var ids: [AuthorizationID] = []
        for _ in 0..<20 { ids.append(try await authorize(10, agent, at: first).id) }
        clock.advance(seconds: 8 * 3600)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, id) in ids.enumerated() {
                let issuer = number % 2 == 0 ? first : second
                group.addTask { _ = try await issuer.authorization(id, as: owner) }
            }
            group.addTask { try await Sweeper(first).sweep() }
            group.addTask { try await Sweeper(second).sweep() }
            try await group.waitForAll()
        }
        #expect(try await first.budget(of: agent, as: owner).budgets.first?.reserved == 0)
        #expect(try await first.checkBooks().balances)
    }

    @Test("one address that signs up at both issuers at once is taken once, and the other is told so")
    func signUp() async throws {
        let outcomes = await withTaskGroup(of: IssuerError?.self) { group in
            for issuer in [first, second, first, second] {
                group.addTask {
                    do {
                        _ = try await TestAccounts.signUp(issuer, "ada@acme.example", "Acme")
                        return nil
                    } catch {
                        return error as? IssuerError
                    }
                }
            }
            return await group.reduce(into: [IssuerError?]()) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == nil } == 1)
        #expect(outcomes.count { $0 == .account(.emailTaken) } == 3)
    }

    @Test("connections that are cut under load lose nothing that was acknowledged, and no limit is passed")
    func cutConnections() async throws {
        let agent = try await agent()
        _ = try await limit(100_000)
        let cut = Statement(
            "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '\(schema)'")
        let administrator = try await TestStore.administrator.value
        let acknowledged = try await withThrowingTaskGroup(of: [AuthorizationID].self) { group in
            for client in 0..<8 {
                let issuer = client % 2 == 0 ? first : second
                group.addTask { try await spend(25, agent, at: issuer, client: client) }
            }
            for _ in 0..<10 { _ = try await administrator.globalTransaction { try $0.execute(cut, []).count } }
            return try await group.reduce(into: Set()) { $0.formUnion($1) }
        }
        #expect(acknowledged.count == 200)
        #expect(try await first.budget(of: agent, as: owner).budgets.first?.reserved == 2000)
        #expect(try await first.checkBooks().balances)
    }

    /// Whoever gets no answer asks again with the same key.
    private func spend(_ count: Int, _ agent: AgentID, at issuer: Issuer, client: Int) async throws -> [AuthorizationID]
    {
        var ids: [AuthorizationID] = []
        while ids.count < count {
            do {
                ids.append(try await authorize(10, agent, at: issuer, once: .test("\(client)-\(ids.count)")).id)
            } catch IssuerError.storage(.unavailable), IssuerError.storage(.commitUnknown) {}
        }
        return ids
    }

    @Test("issuers that start at once on an empty database make its tables once")
    func startAtOnce() async throws {
        let schema = TestStore.schema()
        let stores = try await [TestStore.openPostgreSQL(schema), TestStore.openPostgreSQL(schema)]
        try await withThrowingTaskGroup(of: Int64.self) { group in
            for store in stores { group.addTask { try await MigrateStore.run(on: store) } }
            for try await version in group { #expect(version == Migrator.latest) }
        }
    }

    @Test("a statement that takes too long is given up, and the store goes on")
    func timeOut() async throws {
        let store = try await TestStore.openPostgreSQL(schema)
        try await store.globalTransaction { tx in
            _ = try tx.execute(Statement("SELECT set_config('statement_timeout', '50ms', false)"), [])
        }
        let error = await #expect(throws: StorageError.self) {
            try await store.globalTransaction { _ = try $0.execute(Statement("SELECT COUNT(pg_sleep(10))"), []) }
        }
        guard case .unavailable = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let one = try await store.globalTransaction { try $0.execute(Statement("SELECT 1"), [])[0].integer(0) }
        #expect(one == 1)
    }

    @Test("every value is read back as it was: the least and the greatest, the empty, and what ends texts elsewhere")
    func values() async throws {
        let store = try await TestStore.openPostgreSQL(schema)
        let values: [SQLValue] = [
            .integer(.min), .integer(.max), .integer(-1), .integer(0), .text(""), .text("Fährte\u{1F600}'\"\\"),
            .blob([]),
            .blob([0, 255, 39, 92]), .null,
        ]
        let read = Statement(
            """
            SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS TEXT),
                CAST($6 AS TEXT), CAST($7 AS BYTEA), CAST($8 AS BYTEA), CAST($9 AS TEXT)
            """)
        let row = try await store.globalTransaction { try $0.execute(read, values)[0] }
        #expect(try (0..<4).map { try row.integer($0) } == [.min, .max, -1, 0])
        #expect(try row.text(4) == "" && row.text(5) == "Fährte\u{1F600}'\"\\")
        #expect(try row.blob(6) == [] && row.blob(7) == [0, 255, 39, 92] && row.optionalText(8) == nil)
        await #expect(throws: StorageError.self) {
            try await store.globalTransaction { _ = try $0.execute(read, values.dropLast() + [.text("a\0b")]) }
        }
    }

    @Test(
        "a connection string that libpq does not understand is refused, and what is shown of a good one is no secret",
        arguments: [
            ("postgres://user:hunter2@host/db", true), ("postgresql://a,b/db?target_session_attrs=any", true),
            ("host=/tmp dbname=a", true), ("postgres://host/db?nosuch=1", false), ("mysql://host/db", false),
            ("host", false), ("", false),
        ])
    func addresses(_ text: String, isGood: Bool) {
        let address = PostgreSQLAddress(text)
        #expect((address != nil) == isGood)
        #expect(!"\(String(describing: address))".contains("hunter2"))
    }
}
