import Testing

@testable import Issuer

@Suite struct ApprovalTests {
    private static func held(_ amount: Int64 = 600) async throws -> (TestIssuer, AgentID, Authorization) {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd([.of(.daily, amount: 1000)], approvalAbove: 500))
        let issued = try await test.authorize(amount, agent)
        #expect(issued.token == nil)
        return (test, agent, issued.authorization)
    }

    @Test("a held request reserves nothing until a person approves it")
    func approve() async throws {
        let (test, agent, held) = try await Self.held()
        #expect(held.status == .held)
        #expect(try await test.budget(agent).reserved == 0)
        #expect(try await test.issuer.approvals(page: Page(), as: test.owner).items.map(\.id) == [held.id])
        test.clock.advance(seconds: 7200)
        let approved = try await test.issuer.approve(held.id, note: Note("ok"), as: test.owner, once: nil).result.get()
        #expect(approved.authorization.status == .pending)
        #expect(approved.token != nil)
        #expect(approved.authorization.authorizedAt == test.clock.now)
        #expect(approved.authorization.approval?.by == test.owner.keyID.text)
        #expect(try await test.budget(agent).reserved == 600)
        await #expect(throws: IssuerError.self) {
            _ = try await test.issuer.denyApproval(held.id, note: nil, as: test.owner, once: nil).result.get()
        }
    }

    @Test("an approval checks again: what no longer fits is denied")
    func recheck() async throws {
        let (test, agent, held) = try await Self.held()
        _ = try await test.authorize(500, agent)
        let result = try await test.issuer.approve(held.id, note: nil, as: test.owner, once: nil).result.get()
        #expect(result.authorization.decision == .denied)
        #expect(result.authorization.reasons.map(\.code) == [.dailyLimitExceeded])
        #expect(try await test.budget(agent).reserved == 500)
    }

    @Test("a person's no is a denial with its own reason and token")
    func deny() async throws {
        let (test, agent, held) = try await Self.held()
        let result = try await test.issuer.denyApproval(held.id, note: nil, as: test.owner, once: nil).result.get()
        #expect(result.authorization.reasons.map(\.code) == [.approvalDenied])
        #expect(result.authorization.claims?.typ == .denial)
        #expect(result.token != nil)
        #expect(try await test.budget(agent).reserved == 0)
    }

    @Test("a request that nobody decides on lapses after its time, and not before")
    func lapse() async throws {
        let (test, _, held) = try await Self.held()
        test.clock.advance(seconds: 86_399)
        #expect(try await test.issuer.authorization(held.id, as: test.owner).authorization.status == .held)
        test.clock.advance(seconds: 1)
        let lapsed = try await test.issuer.authorization(held.id, as: test.owner).authorization
        #expect(lapsed.status == .denied)
        #expect(lapsed.reasons.map(\.code) == [.approvalExpired])
        await #expect(throws: IssuerError.self) {
            _ = try await test.issuer.approve(held.id, note: nil, as: test.owner, once: nil).result.get()
        }
    }

    @Test("an agent suspended or deleted while its request waited gets nothing", arguments: [true, false])
    func agentGone(_ deleted: Bool) async throws {
        let (test, agent, held) = try await Self.held()
        if deleted {
            try await test.issuer.deleteAgent(agent, as: test.owner)
        } else {
            _ = try await test.issuer.updateAgent(agent, AgentChange(status: .suspended), as: test.owner)
        }
        let result = try await test.issuer.approve(held.id, note: nil, as: test.owner, once: nil).result.get()
        #expect(result.authorization.reasons.map(\.code) == [.agentSuspended])
    }

    @Test("a key without the approve scope cannot approve")
    func scope() async throws {
        let (test, _, held) = try await Self.held()
        let made = try await test.issuer.createAPIKey(
            APIKeyDraft(name: Name("Agent")), as: test.owner, once: nil
        ).result.get()
        let agentKey = try await test.issuer.authenticate(apiKey: made.secret)
        await #expect(throws: IssuerError.forbidden(.approve)) {
            _ = try await test.issuer.approve(held.id, note: nil, as: agentKey, once: nil)
        }
    }
}
