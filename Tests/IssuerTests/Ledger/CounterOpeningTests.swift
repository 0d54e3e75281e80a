import Testing

@testable import Issuer

@Suite struct `A limit over a long past` {
    private static let intervals: [Interval] = [
        .daily, .weekly, .monthly, .yearly, .allTime, .rolling(seconds: 90), .rolling(seconds: 7200),
        .rolling(seconds: 2_678_400),
    ]

    private struct Spend {
        let agent: AgentID
        let at: Instant
        var counted: Int64
    }

    /// Some months in which two agents spend, now and then much in a moment; nothing is limited.
    private static func history(
        _ test: TestIssuer, _ random: inout SeededGenerator
    ) async throws -> (agents: [AgentID], spends: [AuthorizationID: Spend]) {
        let agents = [try await test.agent("A"), try await test.agent("B")]
        try await test.policy(.usd())
        var spends: [AuthorizationID: Spend] = [:]
        for _ in 0..<120 {
            let pauses: [Int64] = [0, 0, 0, 1, 40, 1000, 60_000, 10_000_000, 200_000_000]
            let pause = pauses.randomElement(using: &random)!
            test.clock.advance(milliseconds: Int64.random(in: 0...pause, using: &random))
            let (agent, amount) = (agents.randomElement(using: &random)!, Int64.random(in: 1...400, using: &random))
            let made = try await test.authorize(amount, agent).authorization
            spends[made.id] = Spend(agent: agent, at: test.clock.now, counted: amount)
            _ = try await test.confirm(made.id)
        }
        return (agents, spends)
    }

    private static func limitEverything(_ test: TestIssuer) async throws {
        for isPerAgent in [false, true] {
            var terms = try PolicyTerms.usd(intervals.map { try .of($0, amount: 1_000_000) })
            terms.counter = isPerAgent ? .perAgent : .shared
            try await test.policy(terms)
        }
    }

    @Test(arguments: [Int64(1), 3, 17, 1000]) func `is whole before anything is decided by it, to the last spend`(
        countedMax: Int64
    ) async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let test = try await TestIssuer(portions: Portions(counted: countedMax))
        var (agents, spends) = try await Self.history(test, &random)
        try await Self.limitEverything(test)
        for agent in agents {
            let made = try await test.authorize(1, agent).authorization
            #expect(made.decision == .approved)
            spends[made.id] = Spend(agent: agent, at: test.clock.now, counted: 1)
            let budgets = try await test.issuer.budget(of: agent, as: test.owner).budgets
            #expect(budgets.count == 2 * Self.intervals.count)
            for budget in budgets {
                let start = budget.periodStart ?? Instant(milliseconds: 0)
                let expected = spends.values.filter { spend in
                    spend.at >= start && (budget.agentID == nil || spend.agent == budget.agentID)
                }
                let found = (budget.reserved + budget.confirmed, budget.reservedCount + budget.confirmedCount)
                #expect(
                    found == (expected.reduce(0) { $0 + $1.counted }, Int64(expected.count)),
                    "\(budget.interval), \(budget.scope), seed \(seed)")
            }
        }
        #expect(try await test.wrongCounters() == [], "seed \(seed)")
        // A stride that was opened whole in the end leaves what there was of it.
        test.clock.advance(seconds: 8 * 86_400)
        try await Sweeper(test.issuer).sweep()
        #expect(try await Self.unfinished(test) == 0)
    }

    @Test func `is opened in steps; what is spent, confirmed and given back between them is counted`() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let test = try await TestIssuer(portions: Portions(counted: 20))
        let (agents, _) = try await Self.history(test, &random)
        var reserved: [AuthorizationID] = []
        for _ in 0..<60 {
            test.clock.advance(milliseconds: Int64.random(in: 0...2000, using: &random))
            reserved.append(try await test.authorize(7, agents.randomElement(using: &random)!).authorization.id)
        }
        let intervals: [Interval] = [.monthly, .allTime, .rolling(seconds: 7200), .rolling(seconds: 2_678_400)]
        let keys = try intervals.flatMap { interval in
            let period = try #require(Period.counted(by: interval, at: test.clock.now, in: .utc))
            return [CounterKey.Subject.company, .agent(agents[0])].map { CounterKey(subject: $0, period: period) }
        }
        let backlog = Backlog.counters(keys, agent: agents[0], currency: try CurrencyCode("USD"))
        var (steps, most) = (0, Int64(0))
        while try await !test.issuer.step(backlog, of: test.owner) {
            steps += 1
            most = max(most, try await Self.unfinished(test))
            test.clock.advance(milliseconds: Int64.random(in: 0...200, using: &random))
            // None of these is in the way of a limit, so none of them opens one.
            _ = try await test.authorize(5, agents.randomElement(using: &random)!)
            if let id = reserved.randomElement(using: &random) {
                reserved.removeAll { $0 == id }
                _ = steps % 2 == 0 ? try await test.void(id) : try await test.confirm(id, 3)
            }
            if steps % 10 == 0 {
                #expect(try await test.issuer.checkBooks().balances, "seed \(seed), step \(steps)")
            }
        }
        #expect(steps > 20 && most > 0)
        #expect(try await test.wrongCounters() == [], "seed \(seed)")
        // A stride that was opened whole in the end leaves what there was of it.
        test.clock.advance(seconds: 8 * 86_400)
        try await Sweeper(test.issuer).sweep()
        #expect(try await Self.unfinished(test) == 0)
    }

    @Test func `whose opening was left in the middle counts all the same, and is dropped after a week`() async throws {
        let test = try await TestIssuer(portions: Portions(counted: 2))
        var random = SeededGenerator(seed: 1)
        let (agents, _) = try await Self.history(test, &random)
        let key = CounterKey(subject: .company, period: .allTime)
        let backlog = Backlog.counters([key], agent: agents[0], currency: try CurrencyCode("USD"))
        #expect(try await !test.issuer.step(backlog, of: test.owner))
        _ = try await test.authorize(9, agents[0])
        #expect(try await test.issuer.checkBooks().balances)
        #expect(try await Self.unfinished(test) == 1)
        test.clock.advance(seconds: 8 * 86_400)
        try await Sweeper(test.issuer).sweep()
        #expect(try await Self.unfinished(test) == 0)
        try await test.policy(.usd([.of(.allTime, amount: 1)]))
        #expect(try await test.authorize(1, agents[0]).authorization.decision == .denied)
        #expect(try await test.issuer.checkBooks().balances)
    }

    @Test func `is opened beside others that end when it does`() async throws {
        let test = try await TestIssuer(portions: Portions(counted: 4))
        test.clock.set("2026-12-24T08:00:00.000Z")
        let agent = try await test.agent()
        try await test.policy(.usd())
        for _ in 0..<20 {
            test.clock.advance(milliseconds: 10)
            _ = try await test.authorize(7, agent)
        }
        let backlogs = try [Interval.monthly, .yearly].map { interval in
            let period = try #require(Period.counted(by: interval, at: test.clock.now, in: .utc))
            let key = CounterKey(subject: .company, period: period)
            return Backlog.counters([key], agent: agent, currency: try CurrencyCode("USD"))
        }
        // The first is left in the middle, as where whoever needed it is gone.
        for _ in 0..<3 { #expect(try await !test.issuer.step(backlogs[0], of: test.owner)) }
        for backlog in backlogs.reversed() {
            for _ in 0..<10 where try await test.issuer.step(backlog, of: test.owner) { break }
            #expect(try await test.issuer.step(backlog, of: test.owner))
        }
        #expect(try await Self.unfinished(test) == 0)
        #expect(try await test.wrongCounters() == [])
    }

    @Test(arguments: [Int64(1), 3, 30]) func `of a rolling one is left in steps after a pause, to the last spend`(
        countedMax: Int64
    ) async throws {
        let test = try await TestIssuer(portions: Portions(counted: countedMax))
        let (agent, seconds) = (try await test.agent(), Int64(2_678_400))
        try await test.policy(.usd([.of(.rolling(seconds: seconds), amount: 1_000_000)]))
        // Thirty in a stride, and thirty in the one after the next.
        let first = Period.stride(ofWindow: seconds, holding: test.clock.now).end
        test.clock.advance(milliseconds: first.milliseconds - test.clock.now.milliseconds)
        var spent: [Instant] = []
        for number in 0..<60 {
            if number == 30 { test.clock.advance(milliseconds: 2 * seconds) }
            spent.append(test.clock.now)
            _ = try await test.confirm(test.authorize(1, agent).authorization.id)
            test.clock.advance(milliseconds: 40_000)
        }
        // Into the middle of either, and past both.
        for start in [600_000, seconds, 2 * seconds + 1_800_000, 3 * seconds] {
            let now = first.milliseconds + start + seconds * 1000 - 1
            test.clock.advance(milliseconds: now - test.clock.now.milliseconds)
            let period = Period.rolling(seconds: seconds, at: test.clock.now)
            let backlog = Backlog.counters(
                [CounterKey(subject: .company, period: period)], agent: agent, currency: try CurrencyCode("USD"))
            var steps = 1
            while try await !test.issuer.step(backlog, of: test.owner) { steps += 1 }
            #expect(steps >= spent.count { $0 < period.start } / Int(countedMax), "\(start)")
            spent.removeAll { $0 < period.start }
            #expect(try await test.wrongCounters() == [])
            #expect(try await test.budget(agent).confirmedCount == Int64(spent.count))
        }
        #expect(spent.isEmpty)
    }

    private static func unfinished(_ test: TestIssuer) async throws -> Int64 {
        try await test.issuer.store.globalTransaction { [company = test.company.companyID] tx in
            let count = Statement("SELECT COUNT(*) FROM counters WHERE company_id = $1 AND opening_to IS NOT NULL")
            return try tx.execute(count, [SQLValue(company)])[0].integer(0)
        }
    }
}
