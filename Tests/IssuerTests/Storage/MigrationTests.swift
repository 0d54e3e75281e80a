import StoreFixtures
import Testing

@testable import Issuer

@Suite struct MigrationTests {
    @Test("a store of the first version is brought up to date, and its keys open what they opened")
    func fromTheFirst() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/paitify.db"
            let store = try await TestStore.open(path)
            let (company, secret) = (APIKeyVerifierTests.company, try APIKeySecret.random(for: .live))
            let hash = try Bcrypt.hash(secret.text, cost: 4)
            let key = APIKeyVerifierTests.keyID(1).text
            try await store.globalTransaction { tx in
                for statement in V001.statements { try tx.execute(statement, []) }
                try Companies.insert(company, name: Name("Acme"), at: APIKeyVerifierTests.now, in: tx)
                let rows: [(String, [SQLValue])] = [
                    ("CREATE TABLE schema_version (only_row BIGINT PRIMARY KEY, version BIGINT NOT NULL)", []),
                    ("INSERT INTO schema_version VALUES (1, 1)", []),
                    (
                        """
                        INSERT INTO api_keys (company_id, key_id, environment, name, prefix, hash, scopes, created_at)
                        VALUES ($1, $2, 'live', 'First', $3, $4, '["manage","read"]', 0)
                        """, [.text(company.text), .text(key), .text(secret.prefix), .text(hash)]
                    ),
                    (
                        "INSERT INTO api_key_prefixes (prefix, company_id, key_id) VALUES ($1, $2, $3)",
                        [.text(secret.prefix), .text(company.text), .text(key)]
                    ),
                ]
                for (sql, arguments) in rows { try tx.execute(Statement(sql), arguments) }
            }
            try await store.close()

            let issuer = try await TestIssuer.open(path: path, clock: ManualClock())
            let principal = try await issuer.authenticate(apiKey: secret.text)
            #expect(principal.companyID == company && principal.scopes == [.manage, .read])
            _ = try await issuer.createAgent(AgentDraft(name: Name("Buyer")), as: principal, once: nil).result.get()
            #expect(try await issuer.audit(AuditFilter(), page: Page(), as: principal).items.count == 1)
            try await issuer.close()
            // And once more: there is nothing left to do.
            try await TestIssuer.open(path: path, clock: ManualClock()).close()
        }
    }
}
