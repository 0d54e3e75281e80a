import Testing

@testable import Issuer

/// What is shown of a decision, and that it comes out the same again.
@Suite struct ExplainTests {
    /// Limits of every kind, of one agent and of all, an approval threshold, a schedule, and a shadow.
    private static func policies(_ test: TestIssuer, _ agent: AgentID) async throws -> [PolicyID] {
        var shared = try PolicyTerms.usd(
            [.of(.perAuthorization, amount: 900), .of(.daily, amount: 1000, count: 3), .of(.allTime, amount: 5000)],
            approvalAbove: 500)
        shared.schedule = try Schedule(days: [.monday], from: TimeOfDay("09:00"), to: TimeOfDay("18:00"))
        let own = try PolicyTerms.usd(
            [.of(.rolling(seconds: 60), amount: 700), .of(.monthly, count: 10)], agent: agent)
        var shadow = try PolicyTerms.usd([.of(.weekly, amount: 100)])
        shadow.mode = .shadow
        return [try await test.policy(shared), try await test.policy(own), try await test.policy(shadow)]
    }

    private static func explain(_ id: AuthorizationID, _ test: TestIssuer) async throws -> Evaluation {
        let explained = try await test.issuer.explain(id, as: test.owner)
        let evaluation = try #require(explained.evaluation)
        #expect(evaluation.matches)
        #expect(evaluation.decision == explained.authorization.decision)
        return evaluation
    }

    @Test("an approval shows every policy and every limit's counter as it was before")
    func approval() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        let policies = try await Self.policies(test, agent)
        _ = try await test.confirm(try await test.authorize(200, agent).authorization.id, 150)
        let id = try await test.authorize(400, agent).authorization.id
        _ = try await test.confirm(id)
        test.clock.advance(seconds: 100_000)
        _ = try await test.authorize(1, agent)
        let evaluation = try await Self.explain(id, test)
        #expect(evaluation.at == test.clock.now.adding(seconds: -100_000))
        #expect(evaluation.policies.map(\.id) == policies)
        #expect(evaluation.policies.map(\.mode) == [.enforce, .enforce, .shadow])
        #expect(evaluation.policies.map(\.effect) == [.allow, .allow, .deny])
        let limits = evaluation.policies.flatMap(\.limits)
        #expect(limits.map(\.limit) == [900, 1000, 3, 5000, 700, 10, 100])
        #expect(limits.map(\.before) == [0, 150, 1, 150, 150, 1, 150])
        #expect(limits.map(\.requested) == [400, 400, 1, 400, 400, 1, 400])
        #expect(limits.map(\.unit) == [.amount, .amount, .count, .amount, .amount, .count, .amount])
        #expect(limits.map(\.isExceeded) == [false, false, false, false, false, false, true])
        #expect(limits.map(\.scope) == [nil, .company, .company, .company, .agent, .agent, .company])
        #expect(limits[1].periodStart == Instant(rfc3339: "2026-03-02T00:00:00Z"))
        #expect(limits[1].periodEnd == Instant(rfc3339: "2026-03-03T00:00:00Z"))
        #expect(limits[3].periodStart == nil)
        #expect(limits[4].periodStart == Instant(rfc3339: "2026-03-02T09:59:00.001Z"))
        #expect(limits[4].periodEnd == nil)
        #expect(evaluation.shadowReasons.map(\.code) == [.weeklyLimitExceeded])
    }

    @Test("a denial shows what was exceeded, whatever the policies say by now")
    func denial() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        let policies = try await Self.policies(test, agent)
        _ = try await test.authorize(500, agent)
        let id = try await test.authorize(901, agent).authorization.id
        _ = try await test.issuer.replacePolicy(policies[0], with: .usd(), ifVersion: nil, as: test.owner)
        try await test.issuer.deletePolicy(policies[1], as: test.owner)
        let evaluation = try await Self.explain(id, test)
        #expect(
            evaluation.reasons.map(\.code) == [
                .perAuthorizationLimitExceeded, .dailyLimitExceeded, .rollingLimitExceeded,
            ])
        #expect(evaluation.policies.map(\.version) == [1, 1, 1])
        #expect(evaluation.policies.flatMap(\.limits).filter(\.isExceeded).map(\.limit) == [900, 1000, 700, 100])
        #expect(evaluation.reasons[2].limit?.resetsAt == nil)
    }

    @Test("a suspended agent's denial, one outside the schedule, and one that no policy allows come out the same again")
    func otherDenials() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        let alone = try await test.authorize(1, agent).authorization.id
        _ = try await Self.policies(test, agent)
        test.clock.set("2026-03-02T18:00:00Z")
        let outside = try await test.authorize(1, agent).authorization.id
        let suspension = AgentChange(status: .suspended)
        _ = try await test.issuer.updateAgent(agent, suspension, as: test.owner)
        let suspended = try await test.authorize(1, agent).authorization.id
        _ = try await test.issuer.updateAgent(agent, AgentChange(status: .active), as: test.owner)
        test.clock.set("2026-03-09T10:00:00Z")
        #expect(try await Self.explain(alone, test).reasons.map(\.code) == [.noApplicablePolicy])
        #expect(try await Self.explain(outside, test).reasons.map(\.code) == [.outsideSchedule])
        let evaluation = try await Self.explain(suspended, test)
        #expect(evaluation.reasons.map(\.code) == [.agentSuspended, .outsideSchedule])
        #expect(evaluation.agentStatus == .suspended)
    }

    @Test("a held request shows what it waits for; approved by a person, what it was held under and what decided")
    func approvedByPerson() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        _ = try await Self.policies(test, agent)
        let id = try await test.authorize(600, agent).authorization.id
        let waiting = try await Self.explain(id, test)
        #expect(waiting.decision == .pendingApproval)
        #expect(waiting.reasons.map(\.code) == [.approvalRequired])
        test.clock.advance(seconds: 10)
        _ = try await test.authorize(50, agent)
        _ = try await test.issuer.approve(id, note: nil, as: test.owner, once: nil).result.get()
        let evaluation = try await Self.explain(id, test)
        #expect(evaluation.isApproved)
        #expect((evaluation.policyDecision, evaluation.decision) == (.approved, .approved))
        #expect(evaluation.policies[1].limits[0].before == 50)
        let held = try #require(try await test.issuer.explain(id, as: test.owner).held)
        #expect(held.matches)
        #expect((held.policyDecision, held.decision) == (.pendingApproval, .pendingApproval))
        #expect(held.reasons.map(\.code) == [.approvalRequired])
        #expect(held.policies[1].limits[0].before == 0)
        #expect(held.at == evaluation.at.adding(seconds: -10))
    }

    @Test("what a person refuses, and what nobody decides on, is denied though the policies would have asked again")
    func refusedByPerson() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        _ = try await Self.policies(test, agent)
        let refused = try await test.authorize(600, agent).authorization.id
        let forgotten = try await test.authorize(600, agent).authorization.id
        _ = try await test.issuer.denyApproval(refused, note: nil, as: test.owner, once: nil).result.get()
        test.clock.advance(seconds: 86_400)
        for id in [refused, forgotten] {
            let evaluation = try await Self.explain(id, test)
            #expect((evaluation.policyDecision, evaluation.decision) == (.pendingApproval, .denied))
            #expect(try await test.issuer.explain(id, as: test.owner).held == nil)
        }
    }

    @Test("a record that was altered no longer matches")
    func altered() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        _ = try await Self.policies(test, agent)
        let id = try await test.authorize(400, agent).authorization.id
        for alteration in [
            "evidence = replace(evidence, ',0,0,0,0]', ',9000,1,0,0]')",
            "reasons = '[{\"code\":\"POLICY_ERROR\",\"message\":\"\"}]'",
            "shadow_reasons = '[]'", "policies = '[]'",
        ] {
            let before = try await Self.columns(id, test)
            try await Self.alter(id, alteration, test)
            let explained = try await test.issuer.explain(id, as: test.owner)
            #expect(explained.evaluation?.matches == false, "\(alteration)")
            try await Self.restore(id, before, test)
        }
        _ = try await Self.explain(id, test)
    }

    private static let kept = ["evidence", "reasons", "shadow_reasons", "policies"]

    private static func columns(_ id: AuthorizationID, _ test: TestIssuer) async throws -> [String] {
        try await test.issuer.store.globalTransaction { tx in
            let all = Statement(
                "SELECT \(kept.joined(separator: ", ")) FROM authorizations WHERE authorization_id = $1")
            let row = try tx.execute(all, [SQLValue(id)])[0]
            return try kept.indices.map { try row.text($0) }
        }
    }

    private static func restore(_ id: AuthorizationID, _ columns: [String], _ test: TestIssuer) async throws {
        for (name, value) in zip(kept, columns) {
            try await alter(id, "\(name) = '\(value.replacing("'", with: "''"))'", test)
        }
    }

    private static func alter(_ id: AuthorizationID, _ change: String, _ test: TestIssuer) async throws {
        try await test.issuer.store.globalTransaction { tx in
            let update = Statement("UPDATE authorizations SET \(change) WHERE authorization_id = $1")
            _ = try tx.execute(update, [SQLValue(id)])
        }
    }

    @Test("a decision from before evidence was kept is shown without it")
    func withoutEvidence() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        _ = try await Self.policies(test, agent)
        let id = try await test.authorize(400, agent).authorization.id
        try await Self.alter(id, "evidence = NULL", test)
        let explained = try await test.issuer.explain(id, as: test.owner)
        #expect(explained.evaluation == nil && explained.held == nil)
    }

    @Test("a key bound to an agent is explained that agent's decisions and no other's")
    func boundKey() async throws {
        let test = try await TestIssuer()
        let (first, second) = (try await test.agent("First"), try await test.agent("Second"))
        try await test.policy(.usd())
        let key = try await test.key([.authorize], agent: first)
        let own = try await test.authorize(1, first).authorization.id
        let other = try await test.authorize(1, second).authorization.id
        #expect(try await test.issuer.explain(own, as: key).evaluation?.matches == true)
        await #expect(throws: IssuerError.notFound(.authorization, other.text)) {
            _ = try await test.issuer.explain(other, as: key)
        }
    }
}
