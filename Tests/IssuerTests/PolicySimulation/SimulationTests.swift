import Testing

@testable import Issuer

/// A policy tried on the past.
@Suite struct SimulationTests {
    static let beginning = Instant(rfc3339: "2026-01-01T00:00:00Z")!
    static let end = Instant(rfc3339: "2026-12-31T00:00:00Z")!

    private static func simulate(
        _ terms: PolicyTerms, _ test: TestIssuer, replaces: PolicyID? = nil, from: Instant = beginning,
        to: Instant = end, agent: AgentID? = nil, as principal: Principal? = nil
    ) async throws -> SimulationReport {
        let draft = try SimulationDraft(terms: terms, replaces: replaces, from: from, to: to, agentID: agent)
        return try await test.issuer.simulate(draft, as: principal ?? test.owner)
    }

    private static func total(_ count: Int64, _ amount: Int64) -> SimulationReport.Total {
        SimulationReport.Total(count: count, amount: amount)
    }

    @Test(
        "it says how much a policy would have denied and held, which requests, and why",
        arguments: [":memory:", "file"])
    func counts(_ store: String) async throws {
        try await withTemporaryFolder { folder in
            let test = try await TestIssuer(path: store == "file" ? "\(folder)/books" : store)
            let agent = try await test.agent()
            try await test.policy(.usd())
            for amount: Int64 in [100, 200, 300, 400, 500] {
                _ = try await test.authorize(amount, agent)
                test.clock.advance(seconds: 1)
            }
            let terms = try PolicyTerms.usd(
                [.of(.daily, amount: 700), .of(.perAuthorization, amount: 450)], approvalAbove: 250)
            let report = try await Self.simulate(terms, test)
            // 300 is held, and counts as if it had been approved; 400 would have passed 700.
            #expect(report.requests == Self.total(5, 1500))
            #expect(report.allowed == Self.total(2, 300))
            #expect(report.held == Self.total(1, 300))
            #expect(report.denied == Self.total(2, 900))
            #expect(report.changes == [.newlyDenied: Self.total(2, 900), .newlyHeld: Self.total(1, 300)])
            #expect(
                report.byReason == [
                    .approvalRequired: Self.total(1, 300), .dailyLimitExceeded: Self.total(2, 900),
                    .perAuthorizationLimitExceeded: Self.total(1, 500),
                ])
            #expect(report.affectedTotal == 3)
            #expect(report.affected.map(\.money.minorUnits) == [500, 400, 300])
            #expect(report.affected.map(\.wouldBe) == [.denied, .denied, .pendingApproval])
            #expect(
                report.affected.allSatisfy { $0.decision == .approved && $0.reasons.allSatisfy { $0.policyID == nil } })
            #expect(report.affected[1].reasons[0].limit?.spent == 600)
            #expect(report.isComplete && report.isPriorComplete)
            try await test.issuer.close()
        }
    }

    @Test("it changes nothing, and says the same twice")
    func changesNothing() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd([.of(.daily, amount: 100)]))
        for amount: Int64 in [60, 60] { _ = try await test.authorize(amount, agent) }
        let tables = ["authorizations", "counters", "policies", "policy_versions", "idempotency_keys"]
        func rows() async throws -> [String] {
            try await test.issuer.store.globalTransaction { tx in
                try tables.map { "\(try tx.execute(Statement("SELECT * FROM \($0)"), []))" }
            }
        }
        let before = try await rows()
        let terms = try PolicyTerms.usd([.of(.daily, amount: 50), .of(.rolling(seconds: 60), count: 1)])
        let reports = [try await Self.simulate(terms, test), try await Self.simulate(terms, test)]
        #expect("\(reports[0])" == "\(reports[1])")
        #expect(try await rows() == before)
    }

    @Test("what the replaced policy alone denied is newly allowed, what others denied too is not")
    func replaced() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        let strict = try await test.policy(.usd([.of(.daily, amount: 100)]))
        try await test.policy(.usd([.of(.perAuthorization, amount: 500)]))
        for amount: Int64 in [60, 60, 600, 30] {
            _ = try await test.authorize(amount, agent)
            test.clock.advance(seconds: 1)
        }
        let looser = try PolicyTerms.usd([.of(.daily, amount: 140)])
        let report = try await Self.simulate(looser, test, replaces: strict)
        // The second 60 would have been spent too, so that the 30 after it no longer fits.
        #expect(report.changes == [.newlyAllowed: Self.total(1, 60), .newlyDenied: Self.total(1, 30)])
        #expect(report.affected.map(\.change) == [.newlyDenied, .none, .newlyAllowed])
        #expect(report.changed.map(\.change) == [.newlyDenied, .newlyAllowed])
        #expect(report.affected[0].reasons.map(\.policyID) == [strict])
        let alone = try await Self.simulate(looser, test)
        #expect(alone.changes == [:])
        let held = try PolicyTerms.usd([], approvalAbove: 50)
        #expect(try await Self.simulate(held, test, replaces: strict).changes == [.newlyHeld: Self.total(2, 120)])
    }

    @Test("what changes is told of, however much that was denied anyway came after it")
    func changedIsNotCrowdedOut() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd([.of(.perAuthorization, amount: 100)]))
        _ = try await test.authorize(90, agent)
        for _ in 0...SimulationReport.affectedMax {
            test.clock.advance(seconds: 1)
            _ = try await test.authorize(200, agent)
        }
        let report = try await Self.simulate(.usd([.of(.perAuthorization, amount: 50)]), test)
        #expect(report.affected.count == SimulationReport.affectedMax)
        #expect(report.affected.allSatisfy { $0.change == .none })
        #expect(report.changed.map(\.money.minorUnits) == [90])
    }

    @Test("money that was held before the range and approved in it counts from then on")
    func approvedInRange() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd([], approvalAbove: 500))
        let held = try await test.authorize(600, agent).authorization
        test.clock.advance(seconds: 10)
        let from = test.clock.now
        _ = try await test.authorize(100, agent)
        test.clock.advance(seconds: 10)
        _ = try await test.issuer.approve(held.id, note: nil, as: test.owner, once: nil).result.get()
        test.clock.advance(seconds: 10)
        _ = try await test.authorize(100, agent)
        let report = try await Self.simulate(.usd([.of(.daily, amount: 750)]), test, from: from)
        #expect(report.requests == Self.total(2, 200))
        #expect(report.changes == [.newlyDenied: Self.total(1, 100)])
        #expect(report.affected.first?.reasons.first?.limit?.spent == 700)
    }

    @Test("limits begin with what was spent before the range, by the period, the window and the agent")
    func priorSpends() async throws {
        let test = try await TestIssuer(clock: ManualClock("2026-03-01T22:00:00Z"))
        let (first, second) = (try await test.agent("First"), try await test.agent("Second"))
        try await test.policy(.usd())
        _ = try await test.confirm(test.authorize(70, first).authorization.id)
        // Lapsed by then, it counts nothing.
        _ = try await test.authorize(500, first)
        test.clock.set("2026-03-01T23:30:00Z")
        _ = try await test.authorize(20, second)
        let voided = try await test.authorize(1000, first).authorization
        _ = try await test.void(voided.id)
        test.clock.set("2026-03-02T00:00:00Z")
        let from = test.clock.now
        test.clock.advance(milliseconds: 1)
        _ = try await test.authorize(50, first)
        for (interval, perAgent, spent) in [
            (Interval.daily, false, 0), (.allTime, false, 90), (.allTime, true, 70),
            (.rolling(seconds: 3600), false, 20),
            (.rolling(seconds: 7201), true, 70), (.rolling(seconds: 7200), true, 0),
        ] {
            var terms = try PolicyTerms.usd([.of(interval, amount: 49)])
            terms.counter = perAgent ? .perAgent : .shared
            let report = try await Self.simulate(terms, test, from: from)
            #expect(report.requests.count == 1)
            #expect(report.affected.first?.reasons.first?.limit?.spent == Int64(spent), "\(interval)")
        }
    }

    @Test("only requests of the range, the currency, the environment and the agents that the policy binds are tried")
    func selection() async throws {
        let test = try await TestIssuer()
        let (first, second) = (try await test.agent("First"), try await test.agent("Second"))
        try await test.policy(.usd())
        _ = try await test.authorize(1, first)
        test.clock.advance(seconds: 10)
        let from = test.clock.now
        _ = try await test.authorize(2, first)
        _ = try await test.authorize(4, second)
        let euros = try AuthorizationRequest(
            agentID: first, money: Money(minorUnits: 8, currency: CurrencyCode("EUR")))
        _ = try await test.issuer.authorize(euros, as: test.owner, once: nil).result.get()
        test.clock.advance(seconds: 10)
        let to = test.clock.now
        _ = try await test.authorize(16, first)
        func amount(_ terms: PolicyTerms, agent: AgentID? = nil, as principal: Principal? = nil) async throws -> Int64 {
            try await Self.simulate(terms, test, from: from, to: to, agent: agent, as: principal).requests.amount
        }
        #expect(try await amount(.usd()) == 6)
        #expect(try await amount(.usd(), agent: second) == 4)
        #expect(try await amount(.usd(agent: first)) == 2)
        #expect(try await amount(.usd(), as: test.key([.read], agent: second)) == 4)
        let draft = APIKeyDraft(name: try Name("Test"), environment: .test)
        let made = try await test.issuer.createAPIKey(draft, as: test.owner, once: nil).result.get()
        #expect(try await amount(.usd(), as: test.issuer.authenticate(apiKey: made.secret)) == 0)
        await #expect(throws: IssuerError.self) { _ = try await amount(.usd(agent: first), agent: second) }
        let stranger = try await TestIssuer()
        let unknown = try await stranger.agent()
        await #expect(throws: IssuerError.notFound(.agent, unknown.text)) {
            _ = try await amount(.usd(), agent: unknown)
        }
        await #expect(throws: IssuerError.forbidden(.read)) { _ = try await amount(.usd(), as: test.key([.authorize])) }
    }

    @Test("a policy tried on its own past says what it said", arguments: 0..<6)
    func ownPast(_ round: Int) async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let test = try await TestIssuer()
        let agents = [try await test.agent("A"), try await test.agent("B")]
        var terms = try PolicyTerms.usd([
            .of(.daily, amount: 1500, count: 12), .of(.rolling(seconds: 3600), amount: 700),
            .of(.rolling(seconds: 90), count: 2),
            .of(.allTime, amount: 20_000), .of(.perAuthorization, amount: 350),
        ])
        terms.counter = Bool.random(using: &random) ? .shared : .perAgent
        terms.schedule = try Schedule(
            days: Set(Schedule.Day.allCases), from: TimeOfDay("08:00"), to: TimeOfDay("03:00"))
        try await test.policy(terms)
        var said: [AuthorizationID: Authorization] = [:]
        for _ in 0..<400 {
            test.clock.advance(
                milliseconds: Int64.random(
                    in: 1...(Int.random(in: 0..<9, using: &random) == 0 ? 9_000_000 : 60_000), using: &random))
            let ids = said.keys.sorted { $0.text < $1.text }.suffix(20)
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                let amount = Int64.random(in: 1...400, using: &random)
                let made = try await test.authorize(amount, agents.randomElement(using: &random)!).authorization
                said[made.id] = made
            case 2:
                guard let id = ids.randomElement(using: &random) else { continue }
                _ = try? await test.confirm(id, Int64.random(in: 1...said[id]!.money.minorUnits, using: &random))
            default:
                guard let id = ids.randomElement(using: &random) else { continue }
                _ = try? await test.void(id)
            }
        }
        let report = try await Self.simulate(terms, test)
        let denied = said.values.filter { $0.decision == .denied }
        #expect(report.requests.count == Int64(said.count), "seed \(seed)")
        #expect(report.changes == [:], "seed \(seed)")
        #expect(report.affectedTotal == Int64(denied.count), "seed \(seed)")
        for affected in report.affected {
            let reasons = try #require(said[affected.id]?.reasons)
            #expect(affected.reasons.map(\.code) == reasons.map(\.code), "seed \(seed)")
            #expect(affected.reasons.map(\.limit?.spent) == reasons.map(\.limit?.spent), "seed \(seed)")
        }
    }

    @Test("a range of more requests than may be looked at is tried as far as that goes, and goes on from there")
    func incomplete() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd())
        for amount: Int64 in 1...9 {
            _ = try await test.authorize(amount, agent)
            if amount % 2 == 0 { test.clock.advance(milliseconds: 1) }
        }
        let terms = try PolicyTerms.usd([.of(.daily, amount: 20)])
        let all = try await Self.simulate(terms, test)
        var (denied, from, rounds): (Int64, Instant, Int) = (0, Self.beginning, 0)
        while from < Self.end {
            let draft = try SimulationDraft(terms: terms, from: from, to: Self.end)
            let report = try await test.issuer.simulate(draft, as: test.owner, requestsMax: 4)
            // Of the four that may be looked at, the last instant's are left for the next time.
            #expect(report.requests.count == (report.isComplete ? 3 : 2))
            #expect(report.isPriorComplete == (rounds < 3))
            if report.isPriorComplete { denied += report.denied.count }
            (from, rounds) = (report.evaluatedTo, rounds + 1)
        }
        #expect(rounds == 4)
        #expect(all.denied.count == 4)
        #expect(denied == 1)
    }

    @Test("only so many are listed, newest first, and all are counted")
    func manyAffected() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd())
        for amount: Int64 in 1...250 { _ = try await test.authorize(amount, agent) }
        let report = try await Self.simulate(.usd([.of(.perAuthorization, amount: 0)]), test)
        #expect(report.affectedTotal == 250)
        #expect(report.affected.map(\.money.minorUnits) == (51...250).reversed())
    }

    @Test("a range is not empty, and at most 366 days long")
    func range() throws {
        let day: Int64 = 86_400
        for (seconds, isGood) in [(0, false), (-1, false), (1, true), (366 * day, true), (366 * day + 1, false)] {
            let to = Self.beginning.adding(seconds: seconds)
            let draft = try? SimulationDraft(terms: .usd(), from: Self.beginning, to: to)
            #expect((draft != nil) == isGood, "\(seconds)")
        }
    }
}
