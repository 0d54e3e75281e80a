/// What the issuer must do, in the fewest words: lists that are gone through from the beginning each time.
///
/// It shares no code with the issuer, and knows milliseconds and minor units alone. UTC.
struct ReferenceLedger {
    struct Policy {
        var agent: Int?
        var isEnabled = true
        var countsPerAgent = false
        var perAuthorization: Int64?
        var daily: Int64?
        var dailyCount: Int64?
        var allTime: Int64?
        /// In any hour, and in any minute.
        var hour: Int64?
        var minuteCount: Int64?
        var approvalAbove: Int64?
    }

    enum State: String {
        case pending = "PENDING"
        case confirmed = "CONFIRMED"
        case voided = "VOIDED"
        case expired = "EXPIRED"
        case denied = "DENIED"
        case held = "HELD"
    }

    struct Entry {
        let agent: Int
        let amount: Int64
        let lifetime: Int64
        var state: State
        /// When the budget was reserved, and when it is given back.
        var reservedAt: Int64?
        var lapsesAt: Int64
        var confirmed: Int64?
    }

    enum Operation {
        case authorize(agent: Int, amount: Int64, lifetime: Int64)
        case confirm(Int, amount: Int64?)
        case void(Int)
        case approve(Int)
        case deny(Int)
        case replace(Int, Policy)
        case suspend(Int, Bool)
        /// Somebody has begun to add up what a limit would count, and is gone: nothing comes of it that anybody sees.
        case countAhead(Limit, agent: Int?)
    }

    enum Limit: CaseIterable {
        case day, week, month, year, ever, hour, minute
    }

    enum Outcome: Equatable {
        case became(State, confirmed: Int64?)
        case invalidState, tooMuch, keyReused
        case changed
    }

    static let minute: Int64 = 60_000
    static let hour: Int64 = 3_600_000
    static let grace: Int64 = 3_600_000
    static let patience: Int64 = 86_400_000
    static let lateness: Int64 = 7 * 86_400_000

    var policies: [Policy]
    var isSuspended: [Bool]
    var entries: [Entry] = []

    /// Instants at which something ends: a hold, or a spend's time in a rolling limit.
    var edges: [Int64] {
        entries.map(\.lapsesAt) + entries.compactMap(\.reservedAt).flatMap { [$0 + Self.minute, $0 + Self.hour] }
    }

    mutating func apply(_ operation: Operation, at now: Int64) -> Outcome {
        if case .countAhead = operation { return .changed }
        lapse(at: now)
        switch operation {
        case .authorize(let agent, let amount, let lifetime):
            entries.append(
                Entry(
                    agent: agent, amount: amount, lifetime: lifetime, state: .held, lapsesAt: now + Self.patience))
            return decide(entries.count - 1, isApproved: false, at: now)
        case .confirm(let entry, let amount): return confirm(entry, amount ?? entries[entry].amount, at: now)
        case .void(let entry):
            guard [.pending, .voided].contains(entries[entry].state) else { return .invalidState }
            entries[entry].state = .voided
            return .became(.voided, confirmed: nil)
        case .approve(let entry):
            guard entries[entry].state == .held else { return .invalidState }
            return decide(entry, isApproved: true, at: now)
        case .deny(let entry):
            guard entries[entry].state == .held else { return .invalidState }
            entries[entry].state = .denied
            return .became(.denied, confirmed: nil)
        case .replace(let policy, let terms):
            policies[policy] = terms
            return .changed
        case .suspend(let agent, let suspended):
            isSuspended[agent] = suspended
            return .changed
        case .countAhead: return .changed
        }
    }

    /// What every request does first, whatever it asks for.
    mutating func lapse(at now: Int64) {
        for index in entries.indices where entries[index].lapsesAt <= now {
            if entries[index].state == .pending { entries[index].state = .expired }
            if entries[index].state == .held { entries[index].state = .denied }
        }
    }

    private mutating func confirm(_ index: Int, _ amount: Int64, at now: Int64) -> Outcome {
        let entry = entries[index]
        switch entry.state {
        case .confirmed where entry.confirmed == amount: return .became(.confirmed, confirmed: amount)
        case .confirmed where amount <= entry.amount: return .invalidState
        case .voided, .denied, .held: return .invalidState
        case .pending, .expired, .confirmed: break
        }
        if amount > entry.amount { return .tooMuch }
        if entry.state == .expired, now > entry.lapsesAt + Self.lateness { return .invalidState }
        entries[index].state = .confirmed
        entries[index].confirmed = amount
        return .became(.confirmed, confirmed: amount)
    }

    private mutating func decide(_ index: Int, isApproved: Bool, at now: Int64) -> Outcome {
        let entry = entries[index]
        let applying = policies.filter { $0.isEnabled && ($0.agent == nil || $0.agent == entry.agent) }
        let isDenied =
            isSuspended[entry.agent] || applying.isEmpty || applying.contains { exceeds($0, entry, at: now) }
        if isDenied {
            entries[index].state = .denied
        } else if !isApproved, applying.contains(where: { $0.approvalAbove.map { entry.amount > $0 } ?? false }) {
            entries[index].state = .held
        } else {
            entries[index].state = .pending
            entries[index].reservedAt = now
            // Tokens end at whole seconds.
            entries[index].lapsesAt = (now / 1000 + entry.lifetime) * 1000 + Self.grace
        }
        return .became(entries[index].state, confirmed: nil)
    }

    private func exceeds(_ policy: Policy, _ entry: Entry, at now: Int64) -> Bool {
        let agent = policy.agent != nil || policy.countsPerAgent ? entry.agent : nil
        let midnight = now - now % 86_400_000
        let today = spent(by: agent, from: midnight, to: midnight + 86_400_000)
        let ever = spent(by: agent, from: 0, to: .max)
        let hour = spent(by: agent, from: now - Self.hour + 1, to: .max)
        let minute = spent(by: agent, from: now - Self.minute + 1, to: .max)
        return policy.perAuthorization.map { entry.amount > $0 } ?? false
            || policy.daily.map { today.amount + entry.amount > $0 } ?? false
            || policy.dailyCount.map { today.count + 1 > $0 } ?? false
            || policy.allTime.map { ever.amount + entry.amount > $0 } ?? false
            || policy.hour.map { hour.amount + entry.amount > $0 } ?? false
            || policy.minuteCount.map { minute.count + 1 > $0 } ?? false
    }

    /// What is reserved or confirmed of what was reserved in that stretch of time.
    func spent(by agent: Int?, from start: Int64, to end: Int64) -> (amount: Int64, count: Int64) {
        var (amount, count): (Int64, Int64) = (0, 0)
        for entry in entries where agent == nil || agent == entry.agent {
            guard let at = entry.reservedAt, at >= start, at < end else { continue }
            switch entry.state {
            case .pending: (amount, count) = (amount + entry.amount, count + 1)
            case .confirmed: (amount, count) = (amount + (entry.confirmed ?? 0), count + 1)
            case .voided, .expired, .denied, .held: break
            }
        }
        return (amount, count)
    }
}
