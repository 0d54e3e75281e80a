import StoreFixtures
import Testing

@testable import Issuer

/// Limits that forget each spend so many seconds after it was authorized.
@Suite struct RollingTests {
    static let minute = Interval.rolling(seconds: 60)

    @Test("a spend leaves exactly so long after it was authorized, and a denial says when enough will have left")
    func leavesExactly() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd([.of(Self.minute, amount: 1000)]))
        let first = try await test.authorize(600, agent).authorization
        test.clock.advance(milliseconds: 7)
        let second = try await test.authorize(400, agent).authorization
        test.clock.advance(milliseconds: 59_992)
        let denied = try await test.authorize(600, agent).authorization
        let figures = try #require(denied.reasons.first?.limit)
        #expect(denied.reasons.map(\.code) == [.rollingLimitExceeded])
        #expect((figures.spent, figures.requested, figures.remaining) == (1000, 600, 0))
        #expect(figures.resetsAt == first.createdAt.adding(seconds: 60))
        let more = try await test.authorize(601, agent).authorization
        #expect(more.reasons.first?.limit?.resetsAt == second.createdAt.adding(seconds: 60))
        let never = try await test.authorize(1001, agent).authorization
        #expect(never.reasons.first?.limit?.resetsAt == nil)
        test.clock.advance(milliseconds: 1)
        #expect(try await test.authorize(600, agent).authorization.decision == .approved)
        #expect(try await test.authorize(1, agent).authorization.decision == .denied)
        #expect(try await test.wrongCounters() == [])
    }

    @Test("a count limit refuses until the oldest has left, and voided ones do not count")
    func counts() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd([.of(Self.minute, count: 2)]))
        let first = try await test.authorize(1, agent).authorization
        test.clock.advance(seconds: 10)
        let second = try await test.authorize(1, agent).authorization
        test.clock.advance(seconds: 10)
        let denied = try await test.authorize(1, agent).authorization
        #expect(denied.reasons.map(\.code) == [.rollingCountExceeded])
        #expect(denied.reasons.first?.limit?.resetsAt == first.createdAt.adding(seconds: 60))
        _ = try await test.void(first.id)
        #expect(try await test.authorize(1, agent).authorization.decision == .approved)
        let again = try await test.authorize(1, agent).authorization
        #expect(again.reasons.first?.limit?.resetsAt == second.createdAt.adding(seconds: 60))
    }

    @Test("the budget shows since when spends count, and when all of them will have left")
    func budget() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd([.of(.rolling(seconds: 3600), amount: 1000, count: 5)]))
        #expect(try await test.budget(agent).resetsAt == nil)
        let first = try await test.authorize(600, agent).authorization
        test.clock.advance(seconds: 100)
        let second = try await test.authorize(100, agent).authorization
        _ = try await test.confirm(first.id, 500)
        test.clock.advance(seconds: 100)
        let budget = try await test.budget(agent)
        #expect((budget.confirmed, budget.reserved, budget.remaining) == (500, 100, 400))
        #expect((budget.confirmedCount, budget.reservedCount, budget.remainingCount) == (1, 1, 3))
        #expect(budget.periodStart == Instant(milliseconds: test.clock.now.milliseconds - 3_599_999))
        #expect(budget.resetsAt == second.createdAt.adding(seconds: 3600))
    }

    @Test("a limit that is added counts what was spent before it was there, by strides and exactly")
    func addedLater() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        let policy = try await test.policy(.usd())
        for _ in 0..<40 {
            _ = try await test.authorize(10, agent)
            test.clock.advance(milliseconds: 2_345)
        }
        _ = try await test.issuer.replacePolicy(
            policy, with: .usd([.of(Self.minute, amount: 1000)]), ifVersion: nil, as: test.owner)
        #expect(try await test.budget(agent).reserved == 250)
        test.clock.advance(milliseconds: 30_000)
        #expect(try await test.budget(agent).reserved == 120)
        #expect(try await test.wrongCounters() == [])
    }

    @Test("a limit that was taken away for a while, or not looked at, counts what was spent meanwhile")
    func takenAway() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        let limited = try PolicyTerms.usd([.of(Self.minute, amount: 1000)])
        let policy = try await test.policy(limited)
        _ = try await test.authorize(1, agent)
        _ = try await test.issuer.replacePolicy(policy, with: .usd(), ifVersion: nil, as: test.owner)
        for amount: Int64 in [10, 20, 40] {
            test.clock.advance(seconds: 20)
            _ = try await test.authorize(amount, agent)
        }
        test.clock.advance(seconds: 19)
        _ = try await test.issuer.replacePolicy(policy, with: limited, ifVersion: nil, as: test.owner)
        #expect(try await test.budget(agent).reserved == 70)
        test.clock.advance(seconds: 1)
        #expect(try await test.budget(agent).reserved == 60)
        #expect(try await test.wrongCounters() == [])
    }

    @Test("when the clock is set back, what had left counts again")
    func clockSetBack() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd([.of(Self.minute, amount: 1000)]))
        for _ in 0..<10 {
            _ = try await test.authorize(100, agent)
            test.clock.advance(seconds: 5)
        }
        let noon = test.clock.now
        for (milliseconds, reserved) in [(40_000, 300), (-40_000, 1000), (3_600_000, 0), (-3_600_000, 1000)] {
            test.clock.advance(milliseconds: Int64(milliseconds))
            // Everybody else's housekeeping happens too.
            try await Sweeper(test.issuer).sweep()
            #expect(try await test.budget(agent).reserved == Int64(reserved))
        }
        #expect(test.clock.now == noon)
        #expect(try await test.authorize(1, agent).authorization.decision == .denied)
        #expect(try await test.wrongCounters() == [])
    }

    @Test("a late confirmation counts while the spend is in the window, and not when it has left")
    func lateConfirm() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd([.of(.rolling(seconds: 7200), amount: 1000), .of(Self.minute, amount: 1000)]))
        let lapsed = try await test.authorize(800, agent).authorization
        test.clock.advance(seconds: 4500)
        #expect(try await test.issuer.budget(of: agent, as: test.owner).budgets.map(\.reserved) == [0, 0])
        _ = try await test.confirm(lapsed.id, 700)
        #expect(try await test.issuer.budget(of: agent, as: test.owner).budgets.map(\.confirmed) == [700, 0])
        #expect(try await test.authorize(301, agent).authorization.reasons.map(\.code) == [.rollingLimitExceeded])
        test.clock.advance(seconds: 2700)
        #expect(try await test.issuer.budget(of: agent, as: test.owner).budgets.map(\.confirmed) == [0, 0])
        #expect(try await test.wrongCounters() == [])
    }

    @Test("counters that nobody needs any more are dropped, and what is needed again is counted again")
    func dropped() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd([.of(Self.minute, amount: 1000)]))
        for _ in 0..<20 {
            _ = try await test.authorize(10, agent)
            test.clock.advance(seconds: 1)
        }
        let before = try await test.counterCount()
        #expect(before > 20)
        try await Sweeper(test.issuer).sweep()
        #expect(try await test.counterCount() == before)
        test.clock.advance(seconds: 70)
        try await Sweeper(test.issuer).sweep()
        // The window went; those of its strides that are not twice its length old are still there.
        #expect(try await test.counterCount() == before - 1)
        #expect(try await test.authorize(1000, agent).authorization.decision == .approved)
        test.clock.advance(seconds: 200)
        try await Sweeper(test.issuer).sweep()
        #expect(try await test.counterCount() == 0)
        #expect(try await test.budget(agent).remaining == 1000)
    }

    @Test("a day's counter is dropped a week after the day, and a confirmation that comes later still counts in it")
    func droppedDay() async throws {
        let test = try await TestIssuer(clock: ManualClock("2026-03-02T23:59:00Z"))
        let agent = try await test.agent()
        try await test.policy(.usd([.of(.daily, amount: 1000), .of(.allTime, amount: 5000)]))
        let late = try await test.authorize(300, agent).authorization
        _ = try await test.confirm(test.authorize(200, agent).authorization.id)
        test.clock.set("2026-03-09T23:59:59.999Z")
        try await Sweeper(test.issuer).sweep()
        #expect(try await test.counterCount() == 2)
        test.clock.set("2026-03-10T00:00:00Z")
        try await Sweeper(test.issuer).sweep()
        #expect(try await test.counterCount() == 1)
        _ = try await test.confirm(late.id, 250)
        #expect(try await test.wrongCounters() == [])
        // Should somebody look at that day again, it has seen both.
        test.clock.set("2026-03-02T23:59:30Z")
        let denied = try await test.authorize(551, agent).authorization
        #expect(denied.reasons.map(\.limit?.spent) == [450])
        #expect(try await test.wrongCounters() == [])
    }

    @Test(
        "what has left is found by index, for the company and for one agent",
        .enabled(if: !TestStore.isPostgreSQL, "PostgreSQL reads a small table whole, whatever its indexes"),
        arguments: [CounterKey.Subject.company, .agent(AuthorizationsTableTests.agent)])
    func index(_ subject: CounterKey.Subject) async throws {
        let test = try await TestIssuer()
        let plan = try await test.issuer.store.globalTransaction { tx in
            let explained = Statement("EXPLAIN QUERY PLAN \(WindowCounters.sum[subject].sql)")
            return try tx.execute(explained, Array(repeating: .integer(0), count: 9)).map { try $0.text(3) }
        }
        let index = subject == .company ? "authorizations_counted (" : "authorizations_counted_by_agent ("
        #expect(plan.count { $0.contains("USING INDEX \(index)") } == 2, "\(plan)")
        #expect(plan.allSatisfy { !$0.contains("SCAN authorizations") && !$0.contains("SCAN counters") }, "\(plan)")
    }
}
