import Testing

@testable import Issuer

@Suite struct ManageTests {
    @Test("a policy's change is in force at the next request, and each change is a new version")
    func policyChange() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        let id = try await test.policy(.usd([.of(.perAuthorization, amount: 100)]))
        #expect(try await test.authorize(101, agent).authorization.decision == .denied)
        let second = try await test.issuer.replacePolicy(
            id, with: .usd([.of(.perAuthorization, amount: 101)]), ifVersion: [1], as: test.owner)
        #expect(second.version == 2)
        #expect(
            try await test.authorize(101, agent).authorization.policies == [
                EvaluatedPolicy(id: id, version: 2, effect: .allow)
            ])
        await #expect(throws: IssuerError.versionMismatch(current: 2)) {
            _ = try await test.issuer.replacePolicy(id, with: .usd(), ifVersion: [1], as: test.owner)
        }
        try await test.issuer.deletePolicy(id, as: test.owner)
        #expect(try await test.authorize(1, agent).authorization.reasons.map(\.code) == [.noApplicablePolicy])
        await #expect(throws: IssuerError.notFound(.policy, id.text)) {
            _ = try await test.issuer.policy(id, as: test.owner)
        }
    }

    @Test("a policy in a time zone that the machine has lost denies, and is read all the same")
    func lostTimeZone() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        let id = try await test.policy(.usd([.of(.daily, amount: 100)]))
        try await test.issuer.store.globalTransaction { tx in
            _ = try tx.execute(
                Statement("UPDATE policies SET terms = replace(terms, '\"UTC\"', '\"Mars/Olympus\"')"), [])
        }
        #expect(try await test.authorize(1, agent).authorization.reasons.map(\.code) == [.policyError])
        #expect(try await test.issuer.policy(id, as: test.owner).terms.timeZone.text == "Mars/Olympus")
    }

    @Test("a dry run decides and explains, and leaves nothing behind")
    func dryRun() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd([.of(.daily, amount: 100)]))
        let fits = try AuthorizationRequest(agentID: agent, money: .usd(100))
        for _ in 0..<3 { #expect(try await test.issuer.dryRun(fits, as: test.owner).decision == .approved) }
        let over = try AuthorizationRequest(agentID: agent, money: .usd(101))
        #expect(try await test.issuer.dryRun(over, as: test.owner).reasons.map(\.code) == [.dailyLimitExceeded])
        #expect(try await test.budget(agent).reserved == 0)
        #expect(
            try await test.issuer.authorizations(AuthorizationFilter(), page: Page(), as: test.owner).items.isEmpty)
    }

    @Test("a suspended agent is denied; a deleted one is not found, and its reservation can still be confirmed")
    func agentLife() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd())
        let reserved = try await test.authorize(10, agent).authorization.id
        let changed = try await test.issuer.updateAgent(
            agent, AgentChange(name: Name("New"), description: .set(Note("d")), status: .suspended), as: test.owner)
        #expect((changed.name.text, changed.description?.text) == ("New", "d"))
        #expect(try await test.authorize(10, agent).authorization.reasons.map(\.code) == [.agentSuspended])
        try await test.issuer.deleteAgent(agent, as: test.owner)
        await #expect(throws: IssuerError.notFound(.agent, agent.text)) { _ = try await test.authorize(10, agent) }
        await #expect(throws: IssuerError.notFound(.agent, agent.text)) {
            try await test.issuer.deleteAgent(agent, as: test.owner)
        }
        #expect(try await test.confirm(reserved).status == .confirmed)
    }

    @Test("a list is read page by page, newest first, each item once, also while new ones come")
    func pages() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd())
        var made: [AuthorizationID] = []
        for amount in 1...25 { made.append(try await test.authorize(Int64(amount), agent).authorization.id) }
        var seen: [AuthorizationID] = []
        var cursor: String?
        repeat {
            let page = try await test.issuer.authorizations(
                AuthorizationFilter(), page: Page(limit: 10, after: cursor), as: test.owner)
            seen += page.items.map(\.id)
            cursor = page.nextCursor
            _ = try await test.authorize(1, agent)
        } while cursor != nil
        #expect(seen == made.reversed())
        await #expect(throws: IssuerError.self) {
            _ = try await test.issuer.agents(page: Page(after: "agt_x"), as: test.owner)
        }
    }

    @Test("a list shows what every given filter lets through")
    func filters() async throws {
        let test = try await TestIssuer()
        let (first, second) = (try await test.agent("1"), try await test.agent("2"))
        try await test.policy(.usd([.of(.perAuthorization, amount: 100)]))
        _ = try await test.authorize(10, first)
        let start = test.clock.now
        test.clock.advance(seconds: 60)
        let wanted = try await test.authorize(20, second).authorization.id
        _ = try await test.authorize(200, second)
        let page = try await test.issuer.authorizations(
            AuthorizationFilter(agentID: second, status: .pending, from: start.adding(seconds: 1), to: nil),
            page: Page(),
            as: test.owner)
        #expect(page.items.map(\.id) == [wanted])
        let before = try await test.issuer.authorizations(
            AuthorizationFilter(to: start.adding(seconds: 60)), page: Page(), as: test.owner)
        #expect(before.items.count == 1)
    }

    @Test("no key makes a key with a scope that it lacks")
    func scopes() async throws {
        let test = try await TestIssuer()
        let made = try await test.issuer.createAPIKey(
            APIKeyDraft(name: Name("Manager"), scopes: [.manage, .read]), as: test.owner, once: nil
        ).result.get()
        let manager = try await test.issuer.authenticate(apiKey: made.secret)
        await #expect(throws: IssuerError.forbidden(.authorize)) {
            _ = try await test.issuer.createAPIKey(
                APIKeyDraft(name: Name("X"), scopes: [.authorize]), as: manager, once: nil)
        }
        let child = try await test.issuer.createAPIKey(APIKeyDraft(name: Name("Y")), as: manager, once: nil).result
            .get()
        #expect(child.key.scopes == [.manage, .read])
    }

    @Test("no key makes a key that outlives it")
    func keyLifetimes() async throws {
        let test = try await TestIssuer()
        let end = test.clock.now.adding(seconds: 3600)
        let made = try await test.issuer.createAPIKey(
            APIKeyDraft(name: Name("Contractor"), expiresAt: end), as: test.owner, once: nil
        ).result.get()
        let contractor = try await test.issuer.authenticate(apiKey: made.secret)
        let child = try await test.issuer.createAPIKey(APIKeyDraft(name: Name("X")), as: contractor, once: nil)
        #expect(try child.result.get().key.expiresAt == end)
        let later = APIKeyDraft(name: try Name("Y"), expiresAt: Instant(milliseconds: end.milliseconds + 1))
        await #expect(throws: IssuerError.self) {
            _ = try await test.issuer.createAPIKey(later, as: contractor, once: nil)
        }
        #expect(try await test.issuer.createAPIKey(later, as: test.owner, once: nil).result.get().key.expiresAt != nil)
    }

    @Test("what was decided survives the end of the process")
    func reopen() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/store.sqlite"
            let test = try await TestIssuer(path: path)
            let agent = try await test.agent()
            try await test.policy(.usd([.of(.daily, amount: 100)]))
            let issued = try await test.authorize(60, agent)
            let keys = test.issuer.jwks().body
            try await test.issuer.close()

            let again = try await TestIssuer.open(path: path, clock: test.clock)
            #expect(again.jwks().body == keys)
            let principal = try await again.authenticate(apiKey: test.company.apiKey)
            #expect(try await again.authorization(issued.authorization.id, as: principal) == issued)
            #expect(try await again.budget(of: agent, as: principal).budgets.map(\.reserved) == [60])
        }
    }
}
