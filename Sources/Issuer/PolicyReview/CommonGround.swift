/// Looks for policies that bind the same agent and leave it nothing that all of them allow.
enum CommonGround {
    /// Others looked at, and warnings given: enough for people, and bounded.
    private static let othersMax = 1000
    private static let warningsMax = 10

    static func warnings(about terms: PolicyTerms, id: PolicyID?, among others: PolicySet) -> [PolicyWarning] {
        guard terms.enabled, terms.mode == .enforce else { return [] }
        var warnings: [PolicyWarning] = []
        let beside = others.all.lazy.filter { other in
            other.id != id && other.terms.enabled && other.terms.mode == .enforce
                && other.terms.currency == terms.currency && bindOneAgent(terms, other.terms)
        }
        for other in beside.prefix(othersMax) {
            warnings += fieldsWithout(commonGroundOf: terms, and: other.terms).map { field in
                PolicyWarning(
                    .policiesAllowNothingTogether, [field],
                    "This policy's \(field) and those of \"\(other.terms.name.text)\" leave nothing that both allow, so where "
                        + "both apply nothing is allowed.", policyIDs: [other.id])
            }
            if warnings.count >= warningsMax { break }
        }
        return Array(warnings.prefix(warningsMax))
    }

    private static func bindOneAgent(_ one: PolicyTerms, _ other: PolicyTerms) -> Bool {
        one.agentID == nil || other.agentID == nil || one.agentID == other.agentID
    }

    private static func fieldsWithout(commonGroundOf one: PolicyTerms, and other: PolicyTerms) -> [String] {
        var fields: [String] = []
        if !meet(one.merchants, other.merchants) { fields.append("merchants") }
        if !meet(one.categories, other.categories) { fields.append("categories") }
        if !meet(one.countries, other.countries) { fields.append("countries") }
        if one.timeZone == other.timeZone, let first = one.schedule, let second = other.schedule,
            !first.days.isEmpty, !second.days.isEmpty, !first.meets(second)
        {
            fields.append("schedule")
        }
        return fields
    }

    /// Whether there is anything that both let pass. One that allows nothing by itself has a warning of its own.
    private static func meet<Item>(_ one: AllowBlock<Item>?, _ other: AllowBlock<Item>?) -> Bool {
        guard let one, let other, one.allowsSomething, other.allowsSomething else { return true }
        let allowed = one.allow.isEmpty ? other.allow : one.allow
        guard !allowed.isEmpty else { return true }
        return allowed.contains { item in one.allows(item) && other.allows(item) }
    }
}

extension AllowBlock {
    fileprivate func allows(_ item: Item) -> Bool {
        !block.contains(item) && (allow.isEmpty || allow.contains(item))
    }

    fileprivate var allowsSomething: Bool {
        allow.isEmpty || allow.contains { !block.contains($0) }
    }
}

extension Schedule {
    private static let weekMinutes: Int64 = 7 * 24 * 60

    /// Whether there is a minute of the week at which both are open.
    fileprivate func meets(_ other: Schedule) -> Bool {
        stretches.contains { one in
            other.stretches.contains { other in
                // The week begins again where it ends.
                [-Self.weekMinutes, 0, Self.weekMinutes].contains { shift in
                    one.lowerBound < other.upperBound + shift && other.lowerBound + shift < one.upperBound
                }
            }
        }
    }

    /// In minutes since Monday; the last may reach into the next week.
    private var stretches: [Range<Int64>] {
        let length = from < to ? to.minutes - from.minutes : to.minutes - from.minutes + 24 * 60
        return Day.allCases.enumerated().filter { days.contains($0.element) }.map { index, _ in
            let start = Int64(index) * 24 * 60 + from.minutes
            return start..<start + length
        }
    }
}
