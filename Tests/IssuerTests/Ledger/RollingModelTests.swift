import Testing

@testable import Issuer

/// Random histories of rolling limits against a model that adds up every spend there was.
@Suite struct RollingModelTests {
    struct Entry {
        let agent: AgentID
        let amount: Int64
        let at: Instant
        let lapses: Instant
        var state = AuthorizationStatus.pending
        var confirmed: Int64 = 0

        var counted: Int64 {
            switch state {
            case .pending: amount
            case .confirmed: confirmed
            case .voided, .expired, .denied, .held: 0
            }
        }
    }

    struct Limit {
        let seconds: Int64
        var amount: Int64?
        var count: Int64?
        /// Nil: of all agents together.
        var perAgent = false
    }

    static let limits = [
        Limit(seconds: 60, amount: 900), Limit(seconds: 61, count: 7, perAgent: true),
        Limit(seconds: 7200, amount: 9000, perAgent: true), Limit(seconds: 2_678_400, amount: 60_000, count: 200),
    ]

    struct Model {
        var entries: [AuthorizationID: Entry] = [:]

        mutating func lapse(_ now: Instant) {
            for (id, entry) in entries where entry.state == .pending && entry.lapses <= now {
                entries[id]?.state = .expired
            }
        }

        func inWindow(_ limit: Limit, _ agent: AgentID, _ now: Instant) -> [Entry] {
            entries.values.filter {
                $0.at.adding(seconds: limit.seconds) > now && (!limit.perAgent || $0.agent == agent) && $0.counted > 0
            }
        }

        func fits(_ amount: Int64, _ agent: AgentID, _ now: Instant) -> Bool {
            RollingModelTests.limits.allSatisfy { limit in
                let entries = inWindow(limit, agent, now)
                return entries.reduce(amount) { $0 + $1.counted } <= limit.amount ?? .max
                    && Int64(entries.count) + 1 <= limit.count ?? .max
            }
        }

        /// When enough of these has left for `least` to have gone.
        func departure(_ limit: Limit, _ agent: AgentID, _ now: Instant, least: Int64, counts: Bool) -> Instant? {
            var gone: Int64 = 0
            for entry in inWindow(limit, agent, now).sorted(by: { $0.at < $1.at }) {
                gone += counts ? 1 : entry.counted
                if gone >= least { return entry.at.adding(seconds: limit.seconds) }
            }
            return nil
        }
    }

    @Test("eight hundred random steps, clocks set back and pauses among them, agree with a model", arguments: 0..<6)
    func randomHistory(_ round: Int) async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        // In some rounds what a counter has seen is soon more than a transaction adds up.
        let test = try await TestIssuer(portions: [Portions(), Portions(counted: 2), Portions(counted: 20)][round % 3])
        let agents = [try await test.agent("A"), try await test.agent("B"), try await test.agent("C")]
        for limit in Self.limits {
            var terms = try PolicyTerms.usd([
                .of(.rolling(seconds: limit.seconds), amount: limit.amount, count: limit.count)
            ])
            terms.counter = limit.perAgent ? .perAgent : .shared
            try await test.policy(terms)
        }
        var model = Model()
        for step in 0..<800 {
            let context = Comment(rawValue: "seed \(seed), step \(step)")
            test.clock.advance(milliseconds: Self.pause(&random))
            model.lapse(test.clock.now)
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<6:
                try await authorize(agents.randomElement(using: &random)!, in: &model, test, &random, context)
            case 6, 7:
                try await confirmSome(in: &model, test, &random)
            case 8:
                guard let id = Self.some(model.entries, &random) else { continue }
                if (try? await test.void(id)) != nil { model.entries[id]!.state = .voided }
            default:
                try await Sweeper(test.issuer).sweep()
            }
            if step % 50 == 0 { #expect(try await test.wrongCounters() == [], context) }
        }
        #expect(try await test.wrongCounters() == [], "seed \(seed)")
        for id in try await test.everyAuthorization() {
            let explained = try await test.issuer.explain(id, as: test.owner)
            #expect(explained.evaluation?.matches == true, "seed \(seed), \(id)")
        }
    }

    private static func pause(_ random: inout SeededGenerator) -> Int64 {
        switch Int.random(in: 0..<20, using: &random) {
        case 0: Int64.random(in: 0...4_000_000, using: &random)
        case 1: -Int64.random(in: 0...100_000, using: &random)
        case 2: Int64.random(in: 0...100_000_000, using: &random)
        case 3: -Int64.random(in: 0...10, using: &random)
        case 4..<12: Int64.random(in: 0...20_000, using: &random)
        default: Int64.random(in: 0...3, using: &random)
        }
    }

    private static func some(
        _ entries: [AuthorizationID: Entry], _ random: inout SeededGenerator
    ) -> AuthorizationID? {
        // The youngest are the ones about which something can still be done.
        entries.keys.sorted { $0.text < $1.text }.suffix(30).randomElement(using: &random)
    }

    private func authorize(
        _ agent: AgentID, in model: inout Model, _ test: TestIssuer, _ random: inout SeededGenerator, _ context: Comment
    ) async throws {
        let (amount, now) = (Int64.random(in: 1...400, using: &random), test.clock.now)
        let made = try await test.authorize(amount, agent).authorization
        #expect((made.decision == .approved) == model.fits(amount, agent, now), context)
        if made.decision == .approved {
            model.entries[made.id] = Entry(
                agent: agent, amount: amount, at: now, lapses: try #require(made.holdExpiresAt))
        }
        for reason in made.reasons {
            let figures = try #require(reason.limit)
            let limit = try #require(Self.limits.first { $0.seconds == figures.interval.seconds })
            let least = figures.spent + figures.requested - figures.limit
            let expected = model.departure(
                limit, agent, now, least: least, counts: reason.code == .rollingCountExceeded)
            #expect(figures.resetsAt == expected, context)
        }
    }

    private func confirmSome(
        in model: inout Model, _ test: TestIssuer, _ random: inout SeededGenerator
    ) async throws {
        guard let id = Self.some(model.entries, &random), let entry = model.entries[id] else { return }
        let amount = Int64.random(in: 1...entry.amount, using: &random)
        guard let confirmed = try? await test.confirm(id, amount), entry.state != .confirmed else { return }
        #expect(confirmed.late == (entry.state == .expired))
        model.entries[id]!.state = .confirmed
        model.entries[id]!.confirmed = amount
    }
}
