import Testing

@testable import Verifier

@Suite struct `The throttle of refreshes` {
    static func at(_ milliseconds: Int64, wall: Int64 = 0) -> Instant {
        Instant(wallSeconds: wall, steadyMilliseconds: milliseconds)
    }

    /// After a verification that lacks something at `now`, and whether the host was asked.
    static func need(
        _ throttle: inout RefreshThrottle, _ need: RefreshThrottle.Need = .refresh, at now: Instant,
        cooldown: UInt32 = 30, canAsk: Bool = true
    ) -> Bool {
        let (next, asks) = throttle.needing(need, at: now, cooldownSeconds: cooldown, canAsk: canAsk)
        throttle = next
        return asks
    }

    @Test func `the first need asks, and the next not before the cooldown is over`() {
        var throttle = RefreshThrottle()
        #expect(Self.need(&throttle, at: Self.at(5_000)))
        #expect(throttle.isAwaited && throttle.attempts == 1 && throttle.failures == 0)
        for moment: Int64 in [5_000, 5_001, 34_999] {
            let before = throttle
            #expect(!Self.need(&throttle, at: Self.at(moment)))
            #expect(throttle == before)
        }
        #expect(Self.need(&throttle, at: Self.at(35_000)))
        #expect(throttle.attempts == 2 && throttle.failures == 1)
    }

    @Test(
        "after k attempts in a row without an installation the next is allowed at that millisecond",
        arguments: [
            (1, 1_000), (2, 2_000), (3, 4_000), (4, 8_000), (5, 16_000), (6, 32_000), (7, 60_000), (8, 60_000),
            (254, 60_000), (255, 60_000), (300, 60_000),
        ] as [(Int, Int64)], [0, 1, 30, 300] as [UInt32])
    func backOff(_ row: (attempts: Int, wait: Int64), cooldown: UInt32) {
        var throttle = RefreshThrottle()
        var now: Int64 = 1
        for attempt in 1...row.attempts {
            if attempt > 1 { now += throttle.wait(at: Self.at(now), cooldownSeconds: cooldown) }
            #expect(Self.need(&throttle, at: Self.at(now), cooldown: cooldown))
        }
        let wait = max(row.wait, Int64(cooldown) * 1000)
        #expect(throttle.wait(at: Self.at(now), cooldownSeconds: cooldown) == wait)
        #expect(throttle.wait(at: Self.at(now + wait - 1), cooldownSeconds: cooldown) == 1)
        #expect(throttle.wait(at: Self.at(now + wait), cooldownSeconds: cooldown) == 0)
        #expect(!Self.need(&throttle, at: Self.at(now + wait - 1), cooldown: cooldown))
        #expect(Self.need(&throttle, at: Self.at(now + wait), cooldown: cooldown))
        #expect(throttle.failures == min(row.attempts, 254))
    }

    @Test func `an installation ends the back-off, and the cooldown since the attempt still holds`() {
        var throttle = RefreshThrottle()
        #expect(Self.need(&throttle, at: Self.at(0), cooldown: 10))
        for failure in 1...7 { throttle = throttle.failing(at: Self.at(Int64(failure) * 100_000)) }
        #expect(throttle.failures == 7)
        #expect(throttle.wait(at: Self.at(700_000), cooldownSeconds: 10) == 60_000)
        throttle = throttle.installing(at: Self.at(703_000), wasDue: false)
        #expect(throttle.attempts == 0 && !throttle.isAwaited)
        #expect(throttle.wait(at: Self.at(703_000), cooldownSeconds: 10) == 7_000)
        #expect(!Self.need(&throttle, .unknownKey, at: Self.at(709_999), cooldown: 10))
        #expect(Self.need(&throttle, .unknownKey, at: Self.at(710_000), cooldown: 10))
    }

    @Test func `an installation does not let the next unknown key ask at once`() {
        var throttle = RefreshThrottle()
        #expect(Self.need(&throttle, .unknownKey, at: Self.at(1_000)))
        throttle = throttle.installing(at: Self.at(1_500), wasDue: true)
        #expect(!throttle.lacksKey)
        #expect(!Self.need(&throttle, .unknownKey, at: Self.at(30_999)))
        #expect(throttle.lacksKey)
        #expect(Self.need(&throttle, .unknownKey, at: Self.at(31_000)))
    }

    @Test func `an installation that answers an attempt is none of its own`() {
        var throttle = RefreshThrottle()
        #expect(Self.need(&throttle, at: Self.at(0)))
        throttle = throttle.installing(at: Self.at(20_000), wasDue: true)
        #expect(throttle.wait(at: Self.at(20_000), cooldownSeconds: 30) == 10_000)
    }

    @Test func `an installation that nobody asked for is an attempt if a refresh was due, else none`() {
        let spontaneous = RefreshThrottle().installing(at: Self.at(1_000), wasDue: false)
        #expect(spontaneous == RefreshThrottle())
        let due = RefreshThrottle().installing(at: Self.at(1_000), wasDue: true)
        #expect(due.wait(at: Self.at(1_000), cooldownSeconds: 30) == 30_000)
        #expect(due.attempts == 0)
        var lacking = RefreshThrottle()
        #expect(!Self.need(&lacking, .unknownKey, at: Self.at(1_000), canAsk: false))
        #expect(lacking.last == nil && lacking.lacksKey)
        lacking = lacking.installing(at: Self.at(2_000), wasDue: false)
        #expect(!lacking.lacksKey)
        #expect(lacking.wait(at: Self.at(2_000), cooldownSeconds: 30) == 30_000)
    }

    @Test func `a failure that is reported is the awaited attempt's, and the wait begins anew`() {
        var throttle = RefreshThrottle()
        #expect(Self.need(&throttle, at: Self.at(0), cooldown: 0))
        throttle = throttle.failing(at: Self.at(10_000))
        #expect(throttle.attempts == 1 && throttle.failures == 1 && !throttle.isAwaited)
        #expect(throttle.wait(at: Self.at(10_000), cooldownSeconds: 0) == 1_000)
        throttle = throttle.failing(at: Self.at(10_500))
        #expect(throttle.failures == 2)
        #expect(throttle.wait(at: Self.at(10_500), cooldownSeconds: 0) == 2_000)
    }

    @Test func `without a cooldown every need asks, once no attempt failed`() {
        var throttle = RefreshThrottle()
        #expect(Self.need(&throttle, at: Self.at(0), cooldown: 0))
        throttle = throttle.installing(at: Self.at(0), wasDue: true)
        #expect(Self.need(&throttle, at: Self.at(0), cooldown: 0))
        #expect(!Self.need(&throttle, at: Self.at(999), cooldown: 0))
    }

    struct Clocks: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let later: Instant
        let asks: Bool
        init(_ name: String, _ later: Instant, asks: Bool) {
            (testDescription, self.later, self.asks) = (name, later, asks)
        }
    }

    /// An attempt at steady 100 s, wall 5,000 s; the cooldown is 30 s.
    @Test(
        "a wait is over when either clock says so",
        arguments: [
            Clocks("neither", at(129_999, wall: 5_029), asks: false),
            Clocks("the steady clock", at(130_000, wall: 5_029), asks: true),
            Clocks("the wall clock", at(100_000, wall: 5_030), asks: true),
            Clocks("the wall clock went back", at(129_999, wall: 0), asks: false),
            Clocks("it went back, and the steady clock", at(130_000, wall: 0), asks: true),
            Clocks("both went back", at(0, wall: 0), asks: false),
            Clocks("the end of both", at(.max, wall: .max), asks: true),
            Clocks("before both", at(.min, wall: .min), asks: false),
        ])
    func clocks(_ row: Clocks) {
        var throttle = RefreshThrottle()
        #expect(Self.need(&throttle, at: Self.at(100_000, wall: 5_000)))
        #expect(Self.need(&throttle, at: row.later) == row.asks)
    }

    @Test func `at the ends of the clocks time stands still, and nothing traps`() {
        var throttle = RefreshThrottle()
        #expect(Self.need(&throttle, at: Self.at(.max, wall: .max)))
        #expect(!Self.need(&throttle, at: Self.at(.max, wall: .max)))
        throttle = throttle.failing(at: Self.at(.min, wall: .min))
        #expect(throttle.wait(at: Self.at(.max, wall: .max), cooldownSeconds: .max) == 0)
    }

    static var samples: [RefreshThrottle] {
        var samples: [RefreshThrottle] = []
        for (steady, wall) in [(0, 0), (1, 1), (123_456, 1_767_225_600), (.max, .max)] as [(Int64, Int64)] {
            for (attempts, number) in [(0, 0), (1, 1), (255, RefreshThrottle.numberMax)] as [(Int, UInt16)] {
                for flags in 0..<4 {
                    samples.append(
                        RefreshThrottle(
                            last: .init(at: at(steady, wall: wall)), number: number, attempts: attempts,
                            isAwaited: flags & 1 != 0, lacksKey: flags & 2 != 0))
                }
            }
        }
        return samples + [RefreshThrottle(), RefreshThrottle(lacksKey: true)]
    }

    @Test("two words hold all of it", arguments: samples)
    func words(_ throttle: RefreshThrottle) {
        #expect(RefreshThrottle(throttle.words) == throttle)
    }

    @Test func `no words is no attempt`() {
        #expect(RefreshThrottle(RefreshThrottle.Words()) == RefreshThrottle())
    }

    /// Between the two stores of a thread, another sees the new attempt with the wall time of the one before.
    @Test func `the wall time of another attempt is not believed`() {
        var throttle = RefreshThrottle()
        #expect(Self.need(&throttle, at: Self.at(0, wall: 1_000)))
        let before = throttle.words
        #expect(Self.need(&throttle, at: Self.at(30_000, wall: 9_000)))
        var torn = RefreshThrottle(.init(state: throttle.words.state, wall: before.wall))
        #expect(torn.last == .init(steadyMilliseconds: 30_000, wallSeconds: nil))
        #expect(!Self.need(&torn, at: Self.at(30_000, wall: 9_000)))
        #expect(Self.need(&torn, at: Self.at(60_000, wall: 9_000)))
    }

    @Test func `the number of an attempt goes round`() {
        var throttle = RefreshThrottle(number: RefreshThrottle.numberMax)
        #expect(Self.need(&throttle, at: Self.at(0)))
        #expect(throttle.number == 0)
        #expect(RefreshThrottle(throttle.words) == throttle)
    }
}
