@testable import Issuer

/// What a seed makes of a simulation: policies, steps of the clock, groups of requests, failures of the power.
struct Schedule {
    static let agentCount = 2
    static let policyCount = 2

    /// How much the issuers do in one transaction.
    let portions: Portions
    private let setsBack: Bool
    private var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        let counted = Int64.random(in: 1...6, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0, 1: (portions, setsBack) = (Portions(), true)
        case 2: (portions, setsBack) = (Portions(counted: counted), true)
        // What is due and had no turn may be in time again where a clock is set back: the reference knows no such thing.
        default:
            (portions, setsBack) = (
                Portions(counted: counted, lapsed: Int64.random(in: 1...2, using: &random)), false
            )
        }
    }

    /// Whether much is done in steps, between which other requests would have their turn: then one comes at a time.
    var isInSteps: Bool { portions.counted < Portions().counted }
    var groupCount: Int { isInSteps ? 20 : 8 }

    mutating func policies() -> [ReferenceLedger.Policy] {
        // The first is the company's, so that most requests find one.
        [policy(of: nil), policy(of: Bool.random(using: &random) ? agent() : nil)]
    }

    mutating func policy(of agent: Int?) -> ReferenceLedger.Policy {
        ReferenceLedger.Policy(
            agent: agent, isEnabled: !oneIn(12), countsPerAgent: oneIn(3),
            perAuthorization: oneIn(4) ? limit(150...400) : nil, daily: oneIn(2) ? limit(200...900) : nil,
            dailyCount: oneIn(3) ? limit(1...5) : nil, allTime: oneIn(3) ? limit(500...2000) : nil,
            hour: oneIn(3) ? limit(200...900) : nil, minuteCount: oneIn(4) ? limit(1...3) : nil,
            approvalAbove: oneIn(3) ? limit(100...350) : nil)
    }

    /// Where the clock goes before the next group: mostly not far, often to the very edge of something.
    mutating func time(after now: Int64, edges: [Int64]) -> Int64 {
        switch Int.random(in: 0..<12, using: &random) {
        case 0...4: return now + Int64.random(in: 0...90_000, using: &random)
        case 5, 6: return now + Int64.random(in: 0...7_200_000, using: &random)
        case 7: return now + 86_400_000 - now % 86_400_000 + Int64.random(in: -1...1, using: &random)
        case 8, 9:
            let ahead = edges.filter { $0 > now }.min() ?? now
            return ahead + Int64.random(in: -1...1, using: &random)
        case 10: return now + Int64.random(in: 0...9, using: &random) * 86_400_000
        // Somebody sets it back.
        default: return now + (setsBack ? -1 : 1) * Int64.random(in: 0...3_600_000, using: &random)
        }
    }

    mutating func groupSize() -> Int { isInSteps ? 1 : Int.random(in: 1...4, using: &random) }

    /// `entries`: how many authorizations there are.
    mutating func operation(entries: Int) -> ReferenceLedger.Operation {
        if oneIn(8) {
            let limit = ReferenceLedger.Limit.allCases[Int.random(in: 0..<7, using: &random)]
            return .countAhead(limit, agent: oneIn(2) ? agent() : nil)
        }
        guard entries > 0, !oneIn(2) else {
            return .authorize(agent: agent(), amount: limit(1...400), lifetime: oneIn(2) ? 900 : 60)
        }
        // Recent ones more often: they are the ones that can still change.
        let entry = max(Int.random(in: 0..<entries, using: &random), Int.random(in: 0..<entries, using: &random))
        switch Int.random(in: 0..<16, using: &random) {
        case 0...5: return .confirm(entry, amount: oneIn(2) ? nil : limit(1...450))
        case 6...9: return .void(entry)
        case 10, 11: return .approve(entry)
        case 12: return .deny(entry)
        case 13, 14:
            let index = Int.random(in: 0..<Self.policyCount, using: &random)
            return .replace(index, policy(of: index == 0 ? nil : agent()))
        default: return .suspend(agent(), oneIn(2))
        }
    }

    /// Where the power, or the disk alone, fails in a group of `size` requests, if it does, and what it leaves.
    mutating func failure(size: Int) -> Power.Failure? {
        failingMoment(size: size).map { Power.Failure(moment: $0, survivors: random.next()) }
    }

    /// Whether clients whose requests came to nothing ask again.
    mutating func asksAgain() -> Bool { oneIn(3) }

    /// Which of two issuers is asked.
    mutating func issuer() -> Int { Int.random(in: 0...1, using: &random) }

    private mutating func failingMoment(size: Int) -> Power.Failure.Moment? {
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1: return .beforeStatement(Int.random(in: 0..<12 * size, using: &random))
        case 2: return .beforeCommit
        case 3: return .beforeWrite(Int.random(in: 0..<30, using: &random))
        case 4: return .afterAnswers(Int.random(in: 0..<size, using: &random))
        case 5: return .writeFails(Int.random(in: 0..<30, using: &random))
        default: return nil
        }
    }

    /// Whether a client sends a request without an Idempotency-Key that could have one.
    mutating func omitsKey() -> Bool { oneIn(3) }

    /// Whether a start opens everything anew, see `Machine`.
    mutating func startsWhole() -> Bool { oneIn(64) }

    /// An earlier request to send again, or nil.
    mutating func repeated(of count: Int) -> Int? {
        count > 0 && oneIn(4) ? Int.random(in: 0..<count, using: &random) : nil
    }

    /// One whose key another request is sent under, or nil.
    mutating func reused(of count: Int) -> Int? {
        count > 0 && oneIn(20) ? Int.random(in: 0..<count, using: &random) : nil
    }

    private mutating func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }
    private mutating func agent() -> Int { Int.random(in: 0..<Self.agentCount, using: &random) }
    private mutating func limit(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &random) }
}

/// Numbers that a seed fixes (SplitMix64, https://prng.di.unimi.it/splitmix64.c).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
