/// How much of a counter is reserved and how much is final, in minor units and in authorizations.
///
/// Also a change of one: then its members may be negative.
struct Spend: Equatable, Sendable {
    /// A counter holds at most this much of either kind, so that their sum always fits: 2^62 - 1 minor units. One that has
    /// seen more is full: it stays at this amount whatever is given back, and no limit on it lets anything through.
    static let amountMax: Int64 = (1 << 62) - 1

    var reservedAmount: Int64 = 0
    var reservedCount: Int64 = 0
    var confirmedAmount: Int64 = 0
    var confirmedCount: Int64 = 0

    /// What counts against a limit, `amountMax` at most.
    var amount: Int64 { Self.bounded(reservedAmount + confirmedAmount) }
    var count: Int64 { reservedCount + confirmedCount }

    /// A counter after a change.
    static func + (counter: Spend, change: Spend) -> Spend {
        Spend(
            reservedAmount: shifted(counter.reservedAmount, by: change.reservedAmount),
            reservedCount: counter.reservedCount + change.reservedCount,
            confirmedAmount: shifted(counter.confirmedAmount, by: change.confirmedAmount),
            confirmedCount: counter.confirmedCount + change.confirmedCount)
    }

    private static func shifted(_ amount: Int64, by change: Int64) -> Int64 {
        amount == amountMax ? amountMax : bounded(amount + change)
    }

    var isFull: Bool { reservedAmount == Self.amountMax || confirmedAmount == Self.amountMax }

    /// Two amounts that are bounded so add up to what fits, and are bounded again.
    private static func bounded(_ amount: Int64) -> Int64 {
        min(amountMax, max(-amountMax, amount))
    }

    static prefix func - (spend: Spend) -> Spend {
        Spend(
            reservedAmount: -spend.reservedAmount, reservedCount: -spend.reservedCount,
            confirmedAmount: -spend.confirmedAmount, confirmedCount: -spend.confirmedCount)
    }

    static func reserving(_ amount: Int64) -> Spend {
        Spend(reservedAmount: amount, reservedCount: 1)
    }

    static func releasing(_ amount: Int64) -> Spend {
        Spend(reservedAmount: -amount, reservedCount: -1)
    }

    static func confirming(_ confirmed: Int64, of reserved: Int64) -> Spend {
        Spend(reservedAmount: -reserved, reservedCount: -1, confirmedAmount: confirmed, confirmedCount: 1)
    }

    /// Confirmed after the reservation was released.
    static func confirmingLate(_ confirmed: Int64) -> Spend {
        Spend(confirmedAmount: confirmed, confirmedCount: 1)
    }
}

/// What a limit counts.
public enum LimitUnit: String, Sendable {
    case amount = "AMOUNT"
    case count = "COUNT"
}

extension Spend {
    /// What counts against a limit of this unit.
    subscript(_ unit: LimitUnit) -> Int64 {
        switch unit {
        case .amount: amount
        case .count: count
        }
    }
}

/// Names a counter: whose spends, in which stretch of time.
struct CounterKey: Hashable, Sendable {
    enum Subject: Hashable, Sendable {
        case company
        case agent(AgentID)

        var text: String {
            switch self {
            case .company: "*"
            case .agent(let id): id.text
            }
        }
    }

    let subject: Subject
    let period: Period
}

/// The counters a decision may look at.
typealias SpendSoFar = [CounterKey: Spend]
