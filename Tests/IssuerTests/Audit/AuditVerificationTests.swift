import Testing

@testable import Issuer

@Suite struct AuditVerificationTests {
    struct Tampering: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let sql: String
        /// Of the first entry that is not whole.
        let sequence: Int64
    }

    static let tamperings: [Tampering] = [
        Tampering(
            testDescription: "what it says", sql: "UPDATE audit_log SET after_json = '{}' WHERE sequence = 3",
            sequence: 3),
        Tampering(
            testDescription: "who did it", sql: "UPDATE audit_log SET actor = 'key_x' WHERE sequence = 3",
            sequence: 3),
        Tampering(
            testDescription: "when", sql: "UPDATE audit_log SET written_at = written_at + 1 WHERE sequence = 3",
            sequence: 3),
        Tampering(
            testDescription: "the request", sql: "UPDATE audit_log SET request_id = 'r' WHERE sequence = 3",
            sequence: 3),
        Tampering(
            testDescription: "the environment", sql: "UPDATE audit_log SET environment = 'test' WHERE sequence = 3",
            sequence: 3),
        Tampering(
            testDescription: "its hash", sql: "UPDATE audit_log SET hash = previous_hash WHERE sequence = 3",
            sequence: 3),
        Tampering(
            testDescription: "one is gone", sql: "DELETE FROM audit_log WHERE sequence = 3",
            sequence: 3),
        Tampering(
            testDescription: "the first is gone", sql: "DELETE FROM audit_log WHERE sequence = 1",
            sequence: 1),
        Tampering(
            testDescription: "the last is gone", sql: "DELETE FROM audit_log WHERE sequence = 5",
            sequence: 5),
        Tampering(
            testDescription: "all are gone", sql: "DELETE FROM audit_log",
            sequence: 1),
        Tampering(
            testDescription: "two changed places",
            sql: "UPDATE audit_log SET sequence = CASE sequence WHEN 3 THEN 40 ELSE 3 END WHERE sequence IN (3, 4)",
            sequence: 3),
        Tampering(
            testDescription: "the head was set back", sql: "UPDATE audit_heads SET sequence = 4",
            sequence: 5),
        Tampering(
            testDescription: "the head is gone", sql: "DELETE FROM audit_heads",
            sequence: 5),
    ]

    /// A company whose chain has five entries.
    private func company() async throws -> TestIssuer {
        let test = try await TestIssuer()
        for name in ["A", "B", "C"] { _ = try await test.agent(name) }
        return test
    }

    private func chain(_ test: TestIssuer) async throws -> AuditVerification.Chain {
        try #require(try await test.issuer.verifyAudit().first { $0.companyID == test.owner.companyID })
    }

    @Test("a chain that nobody touched is whole, with the hash of its last entry")
    func whole() async throws {
        let test = try await company()
        let last = try await test.issuer.audit(AuditFilter(), page: Page(limit: 1), as: test.owner).items[0]
        #expect(
            try await chain(test)
                == AuditVerification.Chain(
                    companyID: test.owner.companyID, entries: 5, hash: last.hash, fault: nil))
    }

    @Test("whatever is changed, the first entry that is not whole is named, and no other chain", arguments: tamperings)
    func tampered(_ tampering: Tampering) async throws {
        let test = try await company()
        let company = test.owner.companyID
        try await test.issuer.store.globalTransaction { tx in
            let only = tampering.sql.contains("WHERE") ? "AND" : "WHERE"
            _ = try tx.execute(Statement("\(tampering.sql) \(only) company_id = '\(company.text)'"), [])
        }
        let chains = try await test.issuer.verifyAudit()
        #expect(chains.filter { $0.fault != nil }.map(\.companyID) == [company])
        let chain = try await chain(test)
        #expect(chain.fault?.sequence == tampering.sequence, "\(String(describing: chain.fault))")
        #expect(chain.entries == min(tampering.sequence - 1, 5) || tampering.sql.contains("audit_heads"))
    }

    @Test("an entry that was altered with its hash made to fit breaks the chain at the next")
    func rewritten() async throws {
        let test = try await company()
        let company = test.owner.companyID
        try await test.issuer.store.globalTransaction { tx in
            let sealed = try AuditLog.stretch(of: company, after: 2, limit: 1, in: tx)[0]
            let entry = sealed.entry
            let forged = AuditEntry(
                companyID: entry.companyID, sequence: entry.sequence, at: entry.at, environment: entry.environment,
                actor: "key_x", requestID: entry.requestID, action: entry.action, object: entry.object,
                before: entry.before, after: entry.after, previousHash: entry.previousHash)
            _ = try tx.execute(
                Statement("UPDATE audit_log SET actor = 'key_x', hash = $1 WHERE sequence = 3 AND company_id = $2"),
                [.text(AuditTrail.hash(of: forged)), .text(company.text)])
        }
        #expect(try await chain(test).fault?.sequence == 4)
    }

    @Test("a chain that is longer than what is read at once is read whole")
    func long() async throws {
        let test = try await company()
        let (company, now) = (test.owner.companyID, test.clock.now)
        try await test.issuer.store.globalTransaction { tx in
            for number in 6...2500 {
                try AuditTrail.append(
                    .agentUpdated, "agt_\(number)", before: nil, after: nil, to: company, environment: .live,
                    by: .command, at: now, in: tx)
            }
        }
        let whole = try await chain(test)
        #expect(whole.entries == 2500 && whole.fault == nil)
        try await test.issuer.store.globalTransaction { tx in
            _ = try tx.execute(Statement("UPDATE audit_log SET object = 'x' WHERE sequence = 2001"), [])
        }
        #expect(try await chain(test).fault?.sequence == 2001)
    }

    @Test("equal values have one spelling, RFC 8785's")
    func canonical() throws {
        let rows: [(String, String)] = [
            (#"{"b":1,"a":[true,null,-9007199254740991]}"#, #"{"a":[true,null,-9007199254740991],"b":1}"#),
            // RFC 8785 section 3.2.3: by UTF-16, in which U+1F600 comes before U+FB33.
            (#"{"\#u{FB33}":1,"\#u{1F600}":2,"\r":3,"1":4}"#, #"{"\r":3,"1":4,"\#u{1F600}":2,"\#u{FB33}":1}"#),
            (#""\u0008\u000c\u001f\/é""#, #""\b\f\u001f/é""#),
            (#"{ }"#, "{}"), ("[ ]", "[]"),
        ]
        for (json, canonical) in rows {
            #expect(try CanonicalJSON.text(of: json) == canonical)
        }
    }
}
