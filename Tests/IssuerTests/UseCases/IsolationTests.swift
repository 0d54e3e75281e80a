import Testing

@testable import Issuer

/// No company sees another, no environment the other, no bound key another agent.
@Suite struct IsolationTests {
    @Test("another company's identifiers are not found, whatever is done with them")
    func companies() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        let policy = try await test.policy(.usd([], approvalAbove: 500))
        let authorization = try await test.authorize(100, agent).authorization.id
        let held = try await test.authorize(600, agent).authorization.id
        let issuer = test.issuer
        let stranger = try await issuer.authenticate(apiKey: issuer.createCompany(name: Name("Other")).apiKey)

        func isNotFound(_ body: () async throws -> Void, _ line: Int = #line) async {
            do {
                try await body()
                Issue.record("line \(line) found it")
            } catch let error as IssuerError {
                guard case .notFound = error else {
                    Issue.record("line \(line): \(error)")
                    return
                }
            } catch { Issue.record("line \(line): \(error)") }
        }
        await isNotFound { _ = try await issuer.authorization(authorization, as: stranger) }
        await isNotFound {
            _ = try await issuer.confirm(authorization, amount: nil, as: stranger, once: nil).result.get()
        }
        await isNotFound { _ = try await issuer.void(authorization, as: stranger, once: nil).result.get() }
        await isNotFound { _ = try await issuer.approve(held, note: nil, as: stranger, once: nil).result.get() }
        await isNotFound { _ = try await issuer.denyApproval(held, note: nil, as: stranger, once: nil).result.get() }
        await isNotFound { _ = try await issuer.agent(agent, as: stranger) }
        await isNotFound { _ = try await issuer.updateAgent(agent, AgentChange(status: .suspended), as: stranger) }
        await isNotFound { try await issuer.deleteAgent(agent, as: stranger) }
        await isNotFound { _ = try await issuer.budget(of: agent, as: stranger) }
        await isNotFound { _ = try await issuer.policiesApplying(to: agent, as: stranger) }
        await isNotFound { _ = try await issuer.policy(policy, as: stranger) }
        await isNotFound { _ = try await issuer.replacePolicy(policy, with: .usd(), ifVersion: nil, as: stranger) }
        await isNotFound { try await issuer.deletePolicy(policy, as: stranger) }
        await isNotFound { try await issuer.revokeAPIKey(test.owner.keyID, as: stranger) }
        await isNotFound { _ = try await test.authorize(1, agent, as: stranger) }
        await isNotFound {
            _ = try await issuer.createPolicy(.usd([], agent: agent), as: stranger, once: nil).result.get()
        }
        #expect(try await issuer.authorizations(AuthorizationFilter(), page: Page(), as: stranger).items.isEmpty)
        #expect(try await issuer.agents(page: Page(), as: stranger).items.isEmpty)
        #expect(try await issuer.policies(agent: nil, page: Page(), as: stranger).items.isEmpty)
        #expect(try await issuer.approvals(page: Page(), as: stranger).items.isEmpty)
        #expect(try await issuer.apiKeys(page: Page(), as: stranger).items.count == 1)
    }

    @Test("test keys have their own agents and counters, and make no live key")
    func environments() async throws {
        let test = try await TestIssuer()
        let made = try await test.issuer.createAPIKey(
            APIKeyDraft(name: Name("Trial"), environment: .test), as: test.owner, once: nil
        ).result.get()
        #expect(made.secret.hasPrefix("ag_test_"))
        let trial = try await test.issuer.authenticate(apiKey: made.secret)
        let agent = try await test.agent()
        await #expect(throws: IssuerError.notFound(.agent, agent.text)) {
            _ = try await test.issuer.agent(agent, as: trial)
        }
        await #expect(throws: IssuerError.self) {
            _ = try await test.issuer.createAPIKey(
                APIKeyDraft(name: Name("Live"), environment: .live), as: trial, once: nil)
        }
        await #expect(throws: IssuerError.self) { try await test.issuer.revokeAPIKey(test.owner.keyID, as: trial) }
    }

    @Test("a key bound to an agent spends and sees for that agent alone")
    func boundKey() async throws {
        let test = try await TestIssuer()
        let (mine, other) = (try await test.agent("Mine"), try await test.agent("Other"))
        try await test.policy(.usd([.of(.daily, amount: 1000)]))
        let others = try await test.authorize(10, other).authorization.id
        let made = try await test.issuer.createAPIKey(
            APIKeyDraft(name: Name("Bound"), scopes: [.authorize], agentID: mine), as: test.owner, once: nil
        ).result.get()
        let bound = try await test.issuer.authenticate(apiKey: made.secret)
        let own = try await test.authorize(10, mine, as: bound).authorization.id
        #expect(try await test.issuer.authorization(own, as: bound).authorization.agentID == mine)
        #expect(try await test.issuer.budget(of: mine, as: bound).budgets.count == 1)
        #expect(
            try await test.issuer.authorizations(AuthorizationFilter(), page: Page(), as: bound).items.map(\.id) == [
                own
            ])
        await #expect(throws: IssuerError.self) { _ = try await test.authorize(10, other, as: bound) }
        await #expect(throws: IssuerError.self) { _ = try await test.issuer.authorization(others, as: bound) }
        await #expect(throws: IssuerError.self) { _ = try await test.issuer.budget(of: other, as: bound) }
        await #expect(throws: IssuerError.forbidden(.read)) {
            _ = try await test.issuer.agents(page: Page(), as: bound)
        }
    }

    @Test("a key that is revoked, or past its time, opens nothing from the next request on")
    func revocation() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd())
        let end = test.clock.now.adding(seconds: 60)
        let made = try await test.issuer.createAPIKey(
            APIKeyDraft(name: Name("Short"), expiresAt: end), as: test.owner, once: nil
        ).result.get()
        let other = try await test.issuer.createAPIKey(
            APIKeyDraft(name: Name("Revoked")), as: test.owner, once: nil
        ).result.get()
        let short = try await test.issuer.authenticate(apiKey: made.secret)
        let revoked = try await test.issuer.authenticate(apiKey: other.secret)
        _ = try await test.authorize(1, agent, as: revoked)
        try await test.issuer.revokeAPIKey(other.key.id, as: test.owner)
        await #expect(throws: IssuerError.unauthenticated) { _ = try await test.authorize(1, agent, as: revoked) }
        await #expect(throws: IssuerError.unauthenticated) {
            _ = try await test.issuer.authenticate(apiKey: other.secret)
        }
        _ = try await test.authorize(1, agent, as: short)
        test.clock.advance(seconds: 60)
        await #expect(throws: IssuerError.unauthenticated) { _ = try await test.authorize(1, agent, as: short) }
        await #expect(throws: IssuerError.unauthenticated) {
            _ = try await test.issuer.authenticate(apiKey: made.secret)
        }
    }
}
