import Testing

@testable import Issuer

@Suite struct IdempotencyTests {
    private static func once(_ key: String, _ fingerprint: UInt8 = 1, _ request: String = "req_1") throws -> OnceOnly {
        OnceOnly(key: try IdempotencyKey(key), fingerprint: [fingerprint], requestID: request)
    }

    @Test("a repeated request reserves once and is answered with the first answer, token included")
    func replay() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd([.of(.daily, amount: 1000)]))
        let request = try AuthorizationRequest(agentID: agent, money: .usd(400))
        let first = try await test.issuer.authorize(request, as: test.owner, once: Self.once("k"))
        let issued = try first.result.get()
        _ = try await test.confirm(issued.authorization.id)
        test.clock.advance(seconds: 3600)
        let again = try await test.issuer.authorize(request, as: test.owner, once: Self.once("k", 1, "req_2"))
        #expect(!first.replayed)
        #expect(again.replayed)
        #expect(again.requestID == "req_1")
        #expect(try again.result.get().authorization == issued.authorization)
        #expect(try again.result.get().token == issued.token)
        #expect(try await test.budget(agent).confirmed == 400)
    }

    @Test("the same key with another request is refused, and with another environment or company it is another key")
    func reuse() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd())
        let request = try AuthorizationRequest(agentID: agent, money: .usd(400))
        _ = try await test.issuer.authorize(request, as: test.owner, once: Self.once("k"))
        await #expect(throws: IssuerError.idempotencyKeyReused) {
            _ = try await test.issuer.authorize(request, as: test.owner, once: Self.once("k", 2))
        }
        let other = try await test.issuer.createCompany(name: Name("Other"))
        let stranger = try await test.issuer.authenticate(apiKey: other.apiKey)
        let made = try await test.issuer.createAgent(
            AgentDraft(name: Name("X")), as: stranger, once: Self.once("k"))
        #expect(!made.replayed)
    }

    @Test("a refusal is an answer too: it is kept and given again")
    func refusal() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd())
        let id = try await test.authorize(100, agent).authorization.id
        let first = try await test.issuer.confirm(id, amount: 101, as: test.owner, once: Self.once("k"))
        #expect(first.result == .failure(.confirmExceedsAuthorized(authorized: 100, requested: 101)))
        let again = try await test.issuer.confirm(id, amount: 101, as: test.owner, once: Self.once("k"))
        #expect(again.replayed)
        #expect(again.result == first.result)
    }

    @Test("what has lapsed when a request is refused stays so, with a key and without one", arguments: ["k", nil])
    func refusalKeepsLapses(_ key: String?) async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd([.of(.daily, amount: 100)]))
        let lapsing = try await test.authorize(100, agent).authorization
        let before = test.clock.now
        test.clock.advance(seconds: 5000)
        let refused = try await test.issuer.void(lapsing.id, as: test.owner, once: key.map { try OnceOnly.test($0) })
        guard case .failure(.invalidState(.expired, _)) = refused.result else {
            Issue.record("\(refused.result)")
            return
        }
        // The client was told EXPIRED: that does not change when somebody sets the clock back.
        test.clock.advance(milliseconds: before.milliseconds - test.clock.now.milliseconds)
        #expect(
            try await test.issuer.authorization(lapsing.id, as: test.owner).authorization.status == .expired)
    }

    @Test("of twenty requests with one key at once, one takes effect and all are answered alike")
    func concurrent() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd([.of(.daily, amount: 1000)]))
        let ids = try await withThrowingTaskGroup(of: AuthorizationID.self) { group in
            for _ in 0..<20 {
                group.addTask { try await test.authorize(10, agent, once: Self.once("k")).authorization.id }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
        #expect(try await test.budget(agent).reserved == 10)
    }

    @Test("after 24 hours a key is free again")
    func retention() async throws {
        let test = try await TestIssuer()
        let first = try await test.issuer.createAgent(AgentDraft(name: Name("X")), as: test.owner, once: Self.once("k"))
        test.clock.advance(seconds: 86_399)
        #expect(
            try await test.issuer.createAgent(AgentDraft(name: Name("X")), as: test.owner, once: Self.once("k"))
                .replayed)
        test.clock.advance(seconds: 1)
        let second = try await test.issuer.createAgent(
            AgentDraft(name: Name("Y")), as: test.owner, once: Self.once("k", 2))
        #expect(!second.replayed)
        #expect(try first.result.get().id != second.result.get().id)
    }

    @Test("the answer that holds an API key is replayed, and lies sealed in the store")
    func secret() async throws {
        try await withTemporaryFolder { folder in
            let test = try await TestIssuer(path: "\(folder)/store.sqlite")
            let draft = APIKeyDraft(name: try Name("CI"))
            let first = try await test.issuer.createAPIKey(draft, as: test.owner, once: Self.once("k")).result.get()
            let again = try await test.issuer.createAPIKey(draft, as: test.owner, once: Self.once("k"))
            #expect(again.replayed)
            #expect(try again.result.get().secret == first.secret)
            let rows = try await test.issuer.store.globalTransaction { tx in
                try tx.execute(Statement("SELECT outcome FROM idempotency_keys"), []).map { try $0.text(0) }
            }
            #expect(rows.count == 1)
            #expect(!rows[0].contains(first.secret.suffix(32)))
        }
    }

    @Test("a new key's secret is not given again to a key that could not have made that key")
    func secretOfAnother() async throws {
        let test = try await TestIssuer()
        let lesser = try await test.key([.manage])
        let draft = APIKeyDraft(name: try Name("CI"))
        _ = try await test.issuer.createAPIKey(draft, as: test.owner, once: Self.once("k")).result.get()
        await #expect(throws: IssuerError.idempotencyKeyReused) {
            _ = try await test.issuer.createAPIKey(draft, as: lesser, once: Self.once("k"))
        }
    }

    @Test("an answer about one agent is not given to a key that is bound to another")
    func answerAboutAnother() async throws {
        let test = try await TestIssuer()
        let (mine, other) = (try await test.agent("Mine"), try await test.agent("Other"))
        try await test.policy(.usd())
        let bound = try await test.key([.authorize], agent: mine)
        let id = try await test.authorize(100, other).authorization.id
        _ = try await test.issuer.confirm(id, amount: nil, as: test.owner, once: Self.once("k"))
        await #expect(throws: IssuerError.notFound(.authorization, id.text)) {
            _ = try await test.issuer.confirm(id, amount: nil, as: bound, once: Self.once("k"))
        }
        // What a key that sees as much sends again is the same request: keys may be changed between two attempts.
        let successor = try await test.key([.authorize])
        #expect(try await test.issuer.confirm(id, amount: nil, as: successor, once: Self.once("k")).replayed)
    }

    @Test("a key bound to an agent takes no idempotency key of another's or of the company's, and shares its agent's")
    func boundApart() async throws {
        let test = try await TestIssuer()
        let (mine, other) = (try await test.agent("Mine"), try await test.agent("Other"))
        try await test.policy(.usd())
        func spend(_ agent: AgentID, _ principal: Principal, _ fingerprint: UInt8) async throws -> Bool {
            let request = try AuthorizationRequest(agentID: agent, money: .usd(Int64(fingerprint)))
            let once = try Self.once("order-1", fingerprint)
            return try await test.issuer.authorize(request, as: principal, once: once).replayed
        }
        let bound = try await test.key([.authorize], agent: mine)
        #expect(try await !spend(mine, bound, 1))
        #expect(try await !spend(other, test.key([.authorize], agent: other), 2), "another agent's")
        #expect(try await !spend(other, test.owner, 3), "the company's")
        #expect(try await spend(mine, test.key([.authorize], agent: mine), 1), "its own agent's")
        for principal in [bound, test.owner] {
            await #expect(throws: IssuerError.idempotencyKeyReused) { _ = try await spend(mine, principal, 4) }
        }
    }

    @Test("what a bound key sent before agents' keys were kept apart is still answered alike, and blocks nothing else")
    func boundBefore() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd())
        let bound = try await test.key([.authorize], agent: agent)
        let request = try AuthorizationRequest(agentID: agent, money: .usd(100))
        // As it was kept then: under the key alone.
        let first = try await test.issuer.authorize(request, as: test.owner, once: Self.once("k")).result.get()
        let again = try await test.issuer.authorize(request, as: bound, once: Self.once("k"))
        #expect(try again.replayed && again.result.get().authorization == first.authorization)
        #expect(try await !test.issuer.authorize(request, as: bound, once: Self.once("k", 2)).replayed)
    }
}
