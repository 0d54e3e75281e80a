import Testing

@testable import Issuer

/// Random histories against a model so small that it can be seen to be right.
@Suite struct ModelTests {
    /// What the books must say: one daily and one all-time limit, UTC, all agents together.
    struct Model {
        struct Entry {
            var state: AuthorizationStatus
            let amount: Int64
            let at: Instant
            let lapses: Instant
            var confirmed: Int64 = 0
        }

        static let daily: Int64 = 1000
        static let total: Int64 = 5000
        var entries: [AuthorizationID: Entry] = [:]

        mutating func lapse(_ now: Instant) {
            for (id, entry) in entries where entry.state == .pending && entry.lapses <= now {
                entries[id]?.state = .expired
            }
        }

        func used(since start: Instant) -> Int64 {
            entries.values.filter { $0.at >= start }.reduce(0) { sum, entry in
                switch entry.state {
                case .pending: sum + entry.amount
                case .confirmed: sum + entry.confirmed
                default: sum
                }
            }
        }

        func today(_ now: Instant) -> Instant {
            Instant(seconds: now.seconds - now.seconds % 86_400)
        }

        func fits(_ amount: Int64, _ now: Instant) -> Bool {
            used(since: today(now)) + amount <= Self.daily && used(since: Instant(seconds: 0)) + amount <= Self.total
        }
    }

    @Test("a thousand random steps leave the books as a simple model has them", arguments: 0..<6)
    func randomHistory(_ round: Int) async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let test = try await TestIssuer()
        let agents = [try await test.agent("A"), try await test.agent("B")]
        try await test.policy(.usd([.of(.daily, amount: Model.daily), .of(.allTime, amount: Model.total)]))
        var model = Model()
        for step in 0..<1000 {
            let context = Comment(rawValue: "seed \(seed), step \(step)")
            if Int.random(in: 0..<4, using: &random) == 0 {
                test.clock.advance(seconds: Int64.random(in: 0...4000, using: &random))
            }
            model.lapse(test.clock.now)
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                let amount = Int64.random(in: 1...400, using: &random)
                let made = try await test.authorize(amount, agents.randomElement(using: &random)!).authorization
                #expect((made.decision == .approved) == model.fits(amount, test.clock.now), context)
                guard made.decision == .approved else { continue }
                model.entries[made.id] = Model.Entry(
                    state: .pending, amount: amount, at: test.clock.now, lapses: try #require(made.holdExpiresAt))
            case 2:
                try await confirmSome(in: &model, test, &random, context)
            default:
                guard let id = model.entries.keys.sorted(by: { $0.text < $1.text }).randomElement(using: &random)
                else { continue }
                let worked = (try? await test.void(id)) != nil
                #expect(worked == [.pending, .voided].contains(model.entries[id]!.state), context)
                if worked { model.entries[id]!.state = .voided }
            }
        }
        try await compare(model, test, agents[0], "seed \(seed)")
    }

    private func confirmSome(
        in model: inout Model, _ test: TestIssuer, _ random: inout SeededGenerator, _ context: Comment
    ) async throws {
        guard let id = model.entries.keys.sorted(by: { $0.text < $1.text }).randomElement(using: &random),
            let entry = model.entries[id]
        else { return }
        let amount = Int64.random(in: 1...entry.amount, using: &random)
        let inTime = test.clock.now <= entry.lapses.adding(seconds: 7 * 86_400)
        let expected =
            switch entry.state {
            case .pending: true
            case .expired: inTime
            case .confirmed: amount == entry.confirmed
            default: false
            }
        let worked = (try? await test.confirm(id, amount)) != nil
        #expect(worked == expected, context)
        guard worked else { return }
        model.entries[id]!.state = .confirmed
        model.entries[id]!.confirmed = amount
    }

    private func compare(_ model: Model, _ test: TestIssuer, _ agent: AgentID, _ context: Comment) async throws {
        let budgets = try await test.issuer.budget(of: agent, as: test.owner).budgets
        let today = try #require(budgets.first { $0.interval == .daily })
        #expect(today.confirmed + today.reserved == model.used(since: model.today(test.clock.now)), context)
        let total = try #require(budgets.first { $0.interval == .allTime })
        #expect(total.confirmed + total.reserved == model.used(since: Instant(seconds: 0)), context)
        for (id, entry) in model.entries {
            let found = try await test.issuer.authorization(id, as: test.owner).authorization
            #expect(found.status == entry.state, context)
        }
    }
}
