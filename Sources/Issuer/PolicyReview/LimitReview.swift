/// Looks for limits that can never decide, or that allow nothing.
enum LimitReview {
    static func warnings(about terms: PolicyTerms) -> [PolicyWarning] {
        let limits = terms.limits.enumerated().flatMap { index, limit in
            [Measure(index, limit, .amount, limit.amount), Measure(index, limit, .count, limit.count)]
                .compactMap(\.self)
        }
        let alone = limits.filter { $0.most == 0 }.map { limit in
            PolicyWarning(
                .limitAllowsNothing, [limit.field], "A \(limit.unit) of 0 \(limit.interval.phrase) allows nothing.")
        }
        let pairs = limits.flatMap { one in limits.compactMap { other in warning(about: one, beside: other) } }
        return alone + pairs
    }

    /// One limit, of amounts or of counts.
    private struct Measure {
        let index: Int
        let interval: Interval
        let kind: LimitUnit
        let most: Int64

        init?(_ index: Int, _ limit: SpendLimit, _ kind: LimitUnit, _ most: Int64?) {
            guard let most else { return nil }
            (self.index, self.interval, self.kind, self.most) = (index, limit.interval, kind, most)
        }

        var unit: String {
            switch kind {
            case .amount: "amount"
            case .count: "count"
            }
        }
        var field: String { "limits[\(index)].\(unit)" }
    }

    private static func warning(about one: Measure, beside other: Measure) -> PolicyWarning? {
        guard one.kind == other.kind, one.index != other.index else { return nil }
        let fields = [one.field, other.field]
        if one.interval == other.interval {
            // Of two that are alike, the second is told of.
            guard one.most > other.most || (one.most == other.most && one.index > other.index) else { return nil }
            return PolicyWarning(
                .limitTwice, fields,
                "The \(one.unit) is limited twice \(one.interval.phrase): to \(one.most), which has no effect, and to "
                    + "\(other.most).")
        }
        guard let most = one.interval.periodsMax(of: other.interval), one.most > other.most else { return nil }
        let isNever = most == 1 || one.most > 2 * other.most
        return PolicyWarning(
            .limitAboveLonger, fields,
            "The \(one.unit) of \(one.most) \(one.interval.phrase) "
                + (isNever ? "is never reached: " : "can only be reached where two periods of the longer limit meet: ")
                + "\(other.most) \(other.interval.phrase) \(isNever ? "is reached first." : "is the limit otherwise.")")
    }
}

extension Interval {
    /// How many periods of a longer interval one of this can lie in: 1, or 2 where it can lie across the turn of one. Nil
    /// where `other` is not longer.
    fileprivate func periodsMax(of other: Interval) -> Int? {
        guard nominalSeconds < other.nominalSeconds else { return nil }
        switch (self, other) {
        case (.perAuthorization, _), (_, .allTime), (.daily, _), (.monthly, .yearly), (_, .rolling): return 1
        default: return 2
        }
    }

    /// How long it usually is.
    private var nominalSeconds: Int64 {
        switch self {
        case .perAuthorization: 0
        case .rolling(let seconds): seconds
        case .daily: 86_400
        case .weekly: 7 * 86_400
        case .monthly: 30 * 86_400
        case .yearly: 365 * 86_400
        case .allTime: .max
        }
    }
}
