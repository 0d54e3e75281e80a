import Testing

@testable import Issuer

@Suite struct AuditTests {
    /// The company's entries, oldest first.
    private func entries(
        _ test: TestIssuer, _ filter: AuditFilter = AuditFilter(), as principal: Principal? = nil
    ) async throws -> [AuditEntry] {
        try await test.issuer.audit(filter, page: Page(limit: 200), as: principal ?? test.owner).items.reversed()
            .map(\.entry)
    }

    @Test("every change leaves an entry: who, what, before, after, in which request")
    func everyChange() async throws {
        let test = try await TestIssuer()
        var owner = test.owner
        owner.requestID = "req_7"
        let issuer = test.issuer
        let agent = try await issuer.createAgent(AgentDraft(name: Name("Buyer")), as: owner, once: nil).result.get()
        _ = try await issuer.updateAgent(agent.id, AgentChange(status: .suspended), as: owner)
        _ = try await issuer.updateAgent(agent.id, AgentChange(status: .active), as: owner)
        let terms = try PolicyTerms.usd([.of(.daily, amount: 100)], approvalAbove: 10)
        let policy = try await issuer.createPolicy(terms, as: owner, once: nil).result.get()
        let held = try await test.authorize(20, agent.id).authorization.id
        let other = try await test.authorize(30, agent.id).authorization.id
        _ = try await issuer.approve(held, note: Note("Fine"), as: owner, once: nil).result.get()
        _ = try await issuer.denyApproval(other, note: nil, as: owner, once: nil).result.get()
        _ = try await issuer.replacePolicy(policy.id, with: .usd(), ifVersion: nil, as: owner)
        try await issuer.deletePolicy(policy.id, as: owner)
        let key = try await issuer.createAPIKey(APIKeyDraft(name: Name("Worker")), as: owner, once: nil).result.get()
        try await issuer.revokeAPIKey(key.key.id, as: owner)
        try await issuer.deleteAgent(agent.id, as: owner)
        _ = try await issuer.rotateSigningKey(force: true, as: owner, once: nil).result.get()

        let entries = try await entries(test)
        let first: [AuditAction] = [.companyCreated, .apiKeyCreated]
        let expected: [(AuditAction, String)] = [
            (.agentCreated, agent.id.text), (.agentUpdated, agent.id.text), (.agentUpdated, agent.id.text),
            (.policyCreated, policy.id.text), (.spendApproved, held.text), (.spendDenied, other.text),
            (.policyUpdated, policy.id.text), (.policyDeleted, policy.id.text), (.apiKeyCreated, key.key.id.text),
            (.apiKeyRevoked, key.key.id.text), (.agentDeleted, agent.id.text),
            (.signingKeysChanged, issuer.signingKeys().first { $0.state == .signing }?.kid ?? ""),
        ]
        let actions: [AuditAction] = first + expected.map(\.0)
        #expect(entries.map(\.action) == actions.map(\.rawValue))
        #expect(entries.dropFirst(2).map(\.object) == expected.map(\.1))
        #expect(entries.map(\.sequence) == Array(1...Int64(entries.count)))
        #expect(entries.prefix(2).allSatisfy { $0.actor == "command" && $0.requestID == nil })
        #expect(entries.dropFirst(2).allSatisfy { $0.actor == owner.keyID.text && $0.requestID == "req_7" })
        #expect(entries.allSatisfy { $0.at == test.clock.now && $0.companyID == owner.companyID })
        for entry in entries {
            let (creates, removes) = (
                entry.action.hasSuffix("_CREATED") || entry.action == "SIGNING_KEYS_CHANGED",
                entry.action.hasSuffix("_DELETED") || entry.action.hasSuffix("_REVOKED")
            )
            #expect((entry.before == nil) == creates && (entry.after == nil) == removes, "\(entry)")
        }
        #expect(entries[3].before?.contains(#""status":"ACTIVE""#) == true)
        #expect(entries[3].after?.contains(#""status":"SUSPENDED""#) == true)
        #expect(entries[6].after?.contains(#""note":"Fine","status":"PENDING""#) == true)
        #expect(entries[8].before?.contains(#""limits":[{"amount":100,"interval":"DAILY"}]"#) == true)
        #expect(entries[8].after?.contains(#""limits":[]"#) == true)
        #expect(try await issuer.verifyAudit().allSatisfy { $0.fault == nil })
    }

    @Test("a search looks through so many entries, says where to go on, and misses none")
    func search() async throws {
        let test = try await TestIssuer()
        let agents = [try await test.agent(), try await test.agent()]
        for number in 0..<20 {
            let change = AgentChange(name: try Name("Agent \(number)"))
            _ = try await test.issuer.updateAgent(agents[number % 10 == 0 ? 1 : 0], change, as: test.owner)
        }
        let all = try await entries(test)
        let owner = test.owner
        let searches: [(AuditFilter, (AuditEntry) -> Bool)] = [
            (AuditFilter(action: .agentCreated), { $0.action == "AGENT_CREATED" }),
            (AuditFilter(actor: "command"), { $0.actor == "command" }), (AuditFilter(actor: "nobody"), { _ in false }),
            (AuditFilter(object: agents[1].text), { $0.object == agents[1].text }),
            (
                AuditFilter(action: .agentCreated, object: agents[0].text),
                { $0.action == "AGENT_CREATED" && $0.object == agents[0].text }
            ), (AuditFilter(), { _ in true }),
        ]
        for (filter, isWanted) in searches {
            var (found, after): ([Int64], String?) = ([], nil)
            repeat {
                let page = Page(limit: 2, after: after)
                let listed = try await test.issuer.store.read(for: owner.companyID) { [now = test.clock.now] tx in
                    let books = Books(
                        tx: tx, companyID: owner.companyID, environment: .live, now: now, policyVersion: 0)
                    return try AuditLog.page(page, filter, lookAtMost: 5, in: books)
                }
                let listing = Listing(listed.found, page: page) { String($0.entry.sequence) }
                found += listing.items.map(\.entry.sequence)
                let next = listing.nextCursor ?? listed.last.map { String($0) }
                if let after, let next { #expect(Int64(after)! - Int64(next)! <= 5 || filter.object != nil) }
                after = next
            } while after != nil
            #expect(found == all.filter(isWanted).map(\.sequence).reversed(), "\(filter)")
        }
    }

    @Test("what the signing keys went through is in the issuer's own chain, key by key")
    func signingKeys() async throws {
        let test = try await TestIssuer(settings: .test { $0.operatorKey = OperatorKey(OperatorTests.operatorKey) })
        let bearer = try await test.issuer.authenticate(apiKey: OperatorTests.operatorKey)
        let revoked = test.issuer.keyRing.signingKeyID
        _ = try await test.issuer.revokeSigningKey(kid: revoked)
        let entries = try await entries(test, as: bearer)
        #expect(
            entries.map(\.action) == [
                "SIGNING_KEY_ACTIVATED", "SIGNING_KEY_ANNOUNCED", "SIGNING_KEY_REVOKED", "SIGNING_KEY_ACTIVATED",
                "SIGNING_KEY_ANNOUNCED",
            ])
        #expect(entries.map(\.actor) == ["issuer", "issuer", "command", "command", "command"])
        #expect(entries[2].object == revoked)
        #expect(entries[2].before?.contains(#""state":"signing""#) == true)
        #expect(entries[2].after?.contains(#""state":"revoked""#) == true)
    }

    @Test("what was refused, done already or undone leaves no entry")
    func noEntry() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        let once = try OnceOnly.test("k")
        let draft = AgentDraft(name: try Name("Once"))
        _ = try await test.issuer.createAgent(draft, as: test.owner, once: once).result.get()
        let before = try await entries(test)
        #expect(try await test.issuer.createAgent(draft, as: test.owner, once: once).replayed)
        _ = try await test.issuer.updateAgent(agent, AgentChange(name: Name("Buyer")), as: test.owner)
        let nobody = try #require(AgentID("agt_01k3vtest0000000000000000c"))
        await #expect(throws: IssuerError.self) { try await test.issuer.deleteAgent(nobody, as: test.owner) }
        await #expect(throws: IssuerError.self) {
            try await test.issuer.createPolicy(.usd(agent: nobody), as: test.owner, once: nil).result.get()
        }
        let reader = try await test.key([.read])
        await #expect(throws: IssuerError.self) { try await test.issuer.deleteAgent(agent, as: reader) }
        #expect(try await entries(test).dropLast() == before[...])
    }

    @Test("no secret is in the log")
    func noSecret() async throws {
        let test = try await TestIssuer()
        let made = try await test.issuer.createAPIKey(
            APIKeyDraft(name: Name("Worker")), as: test.owner, once: .test("k")
        ).result.get()
        let rows = try await test.issuer.store.globalTransaction { tx in
            try tx.execute(Statement("SELECT COALESCE(before_json, '') || COALESCE(after_json, '') FROM audit_log"), [])
                .map { (row) throws(StorageError) in try row.text(0) }
        }
        let secrets: [String] = [
            String(test.company.apiKey.suffix(32)), String(made.secret.suffix(32)), "$2", "key\":", "hash",
        ]
        for text in rows { #expect(!secrets.contains { text.contains($0) }, "\(text)") }
        #expect(rows.contains { $0.contains(made.key.prefix) })
    }

    @Test("a company sees its own entries, a test key the test environment's, a key of an agent none")
    func visibility() async throws {
        let test = try await TestIssuer()
        let made = try await test.issuer.createAPIKey(
            APIKeyDraft(name: Name("Test"), environment: .test), as: test.owner, once: nil
        ).result.get()
        let tester = try await test.issuer.authenticate(apiKey: made.secret)
        _ = try await test.issuer.createAgent(AgentDraft(name: Name("Trial")), as: tester, once: nil).result.get()
        let agent = try await test.agent()
        let other = try await test.issuer.createCompany(name: Name("Other"))
        let stranger = try await test.issuer.authenticate(apiKey: other.apiKey)

        let all = try await entries(test)
        #expect(all.map(\.environment) == [.live, .live, .test, .test, .live])
        #expect(try await entries(test, as: tester) == all.filter { $0.environment == .test })
        #expect(try await entries(test, as: stranger).allSatisfy { $0.companyID == other.companyID })
        let bound = try await test.key([.read, .authorize], agent: agent)
        await #expect(throws: IssuerError.forbidden(.manage)) { _ = try await entries(test, as: bound) }
        let spender = try await test.key([.authorize])
        await #expect(throws: IssuerError.forbidden(.read)) { _ = try await entries(test, as: spender) }
    }

    @Test("pages run newest first, and filters by actor, action and object combine")
    func pagesAndFilters() async throws {
        let test = try await TestIssuer()
        let agents = try await [test.agent("A"), test.agent("B"), test.agent("C")]
        let manager = try await test.key([.manage])
        try await test.issuer.deleteAgent(agents[1], as: manager)

        var (cursor, seen): (String?, [Int64]) = (nil, [])
        repeat {
            let page = try await test.issuer.audit(AuditFilter(), page: Page(limit: 2, after: cursor), as: test.owner)
            seen += page.items.map(\.entry.sequence)
            cursor = page.nextCursor
        } while cursor != nil
        #expect(seen == [7, 6, 5, 4, 3, 2, 1])
        for (filter, sequences): (AuditFilter, [Int64]) in [
            (AuditFilter(object: agents[1].text), [4, 7]),
            (AuditFilter(actor: manager.keyID.text), [7]),
            (AuditFilter(action: .agentCreated), [3, 4, 5]),
            (AuditFilter(actor: test.owner.keyID.text, action: .agentCreated, object: agents[2].text), [5]),
            (AuditFilter(actor: manager.keyID.text, action: .agentCreated), []),
            (AuditFilter(object: "nothing"), []),
        ] {
            #expect(try await entries(test, filter).map(\.sequence) == sequences)
        }
        await #expect(throws: IssuerError.self) {
            try await test.issuer.audit(AuditFilter(), page: Page(after: "agt_x"), as: test.owner)
        }
    }
}
