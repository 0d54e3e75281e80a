import StoreFixtures
import Testing

@testable import Issuer

@Suite struct MigratorTests {
    @Test("a store of the first schema is brought up to date at the start, and what is in its books counts")
    func fromTheFirst() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/books"
            let clock = ManualClock()
            let company = CompanyID("co_00000000000000000000000001")!
            let agent = AgentID("agt_00000000000000000000000000")!
            let store = try await TestStore.open(path)
            try await store.globalTransaction { tx in
                for statement in V001.statements + Self.books { _ = try tx.execute(statement, []) }
            }
            try await store.close()
            let issuer = try await TestIssuer.open(path: path, clock: clock)
            let owner = Principal(
                companyID: company, environment: .live,
                credential: .apiKey(APIKeyID("key_00000000000000000000000000")!),
                scopes: Set(Scope.allCases), keyVersion: 0)
            let budget = try await issuer.budget(of: agent, as: owner).budgets
            #expect(budget.map(\.reserved) == [300])
            let id = PolicyID("pol_00000000000000000000000000")!
            _ = try await issuer.replacePolicy(
                id, with: .usd([.of(.rolling(seconds: 3600), amount: 400)]), ifVersion: [1], as: owner)
            let request = try AuthorizationRequest(agentID: agent, money: .usd(101))
            let denied = try await issuer.authorize(request, as: owner, once: nil).result.get().authorization
            #expect(denied.reasons.first?.limit?.spent == 300)
            #expect(try await issuer.policyVersions(id, page: Page(), as: owner).versions.items.count == 2)
            let old = AuthorizationID("auth_00000000000000000000000000")!
            #expect(try await issuer.explain(old, as: owner).evaluation == nil)
            try await issuer.close()
        }
    }

    /// A company's books as the first version of the program wrote them, on 2 March 2026 at 09:59:59.
    private static let books = [
        """
        CREATE TABLE schema_version (only_row BIGINT PRIMARY KEY CHECK (only_row = 1), version BIGINT NOT NULL)
        """,
        "INSERT INTO schema_version VALUES (1, 1)",
        "INSERT INTO companies VALUES ('co_00000000000000000000000001', 'Acme', 3, 7, 0, 1772445599000)",
        """
        INSERT INTO agents VALUES ('co_00000000000000000000000001', 'agt_00000000000000000000000000', 'live', 'Buyer',
            NULL, 'ACTIVE', '{}', 1772445599000, NULL)
        """,
        """
        INSERT INTO policies VALUES ('co_00000000000000000000000001', 'pol_00000000000000000000000000', 'live', 1, NULL,
            '\(terms)', 1772445599000, 1772445599000, NULL)
        """,
        """
        INSERT INTO policy_versions VALUES ('co_00000000000000000000000001', 'pol_00000000000000000000000000', 1,
            '\(terms)', 1772445599000, 'key_00000000000000000000000000')
        """,
        """
        INSERT INTO authorizations VALUES ('co_00000000000000000000000001', 'auth_00000000000000000000000000', 'live',
            'agt_00000000000000000000000000', 300, 'USD', NULL, NULL, '{}', NULL, 900, 1772445599000, 'PENDING',
            'APPROVED', '[]', '[]', '[{"effect":"ALLOW","id":"pol_00000000000000000000000000","version":1}]', NULL,
            1772445599000, 1772446499000, 1772450099000, NULL, 0, NULL,
            '{"kid":"k","payload":"{}","typ":"spend-authorization+jwt"}')
        """,
        """
        INSERT INTO counters VALUES ('co_00000000000000000000000001', 'live', 'USD', '*', 1772496000000, 1772409600000,
            300, 1, 0, 0)
        """,
    ].map { Statement($0) }
    private static let terms = """
        {"counter":"SHARED","currency":"USD","enabled":true,"limits":[{"amount":1000,"interval":"DAILY"}],\
        "mode":"ENFORCE","name":"Spending","timeZone":"UTC"}
        """

    @Test("who had become a member by a provider's token is ruled by that provider, and nobody else is")
    func ruledMembers() async throws {
        let store = try SQLiteStore.open(path: ":memory:")
        let before = V001.statements + V002.statements + V003.statements + V004.statements
        let rows = [
            "CREATE TABLE schema_version (only_row BIGINT PRIMARY KEY CHECK (only_row = 1), version BIGINT NOT NULL)",
            "INSERT INTO schema_version VALUES (1, 4)",
            "INSERT INTO companies VALUES ('theirs', 'Theirs', 0, 0, 0, 0), ('own', 'Own', 0, 0, 0, 0)",
            "INSERT INTO company_identities VALUES ('https://clerk.example', 'org:1', 'theirs')",
            "INSERT INTO user_identities VALUES ('https://clerk.example', 'a', 'usr_a'), ('https://other.example', 'b', 'usr_b')",
            """
            INSERT INTO memberships (company_id, user_id, role, joined_at) VALUES ('theirs', 'usr_a', 'owner', 0),
                ('theirs', 'usr_b', 'viewer', 0), ('theirs', 'usr_c', 'viewer', 0), ('own', 'usr_a', 'viewer', 0)
            """,
        ].map { Statement($0) }
        let ruled = try await store.globalTransaction { tx in
            for statement in before + rows { try tx.execute(statement, []) }
            try Migrator.migrate(tx)
            return try tx.execute(
                Statement("SELECT company_id, user_id, provider FROM memberships WHERE provider IS NOT NULL"), []
            ).map { [try $0.text(0), try $0.text(1), try $0.text(2)] }
        }
        #expect(ruled == [["theirs", "usr_a", "https://clerk.example"]])
    }

    @Test("a store of a newer schema is refused")
    func newer() async throws {
        let store = try await TestStore.open()
        await #expect(throws: StorageError.self) {
            try await store.globalTransaction { tx in
                try Migrator.migrate(tx)
                _ = try tx.execute(Statement("UPDATE schema_version SET version = version + 1"), [])
                try Migrator.migrate(tx)
            }
        }
    }
}
