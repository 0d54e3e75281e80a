/// Looks for what contradicts in a policy. Pure.
enum PolicyReview {
    /// What is odd about these terms, and about them beside `others`, which are the company's other policies.
    static func warnings(about terms: PolicyTerms, id: PolicyID? = nil, among others: PolicySet) -> [PolicyWarning] {
        LimitReview.warnings(about: terms) + lists(of: terms) + approval(of: terms) + schedule(of: terms)
            + counter(of: terms) + CommonGround.warnings(about: terms, id: id, among: others)
    }

    private static func lists(of terms: PolicyTerms) -> [PolicyWarning] {
        [
            contradiction(in: terms.merchants, "merchants"), contradiction(in: terms.categories, "categories"),
            contradiction(in: terms.countries, "countries"),
        ].compactMap(\.self)
    }

    private static func contradiction<Item>(in lists: AllowBlock<Item>?, _ field: String) -> PolicyWarning? {
        guard let lists else { return nil }
        guard !(lists.allow.isEmpty && lists.block.isEmpty) else {
            return PolicyWarning(
                .listEmpty, [field],
                "\(field) is empty, so everything is allowed: name what is allowed, or leave \(field) out.")
        }
        let both = lists.allow.intersection(lists.block)
        guard !both.isEmpty else { return nil }
        let fields = ["\(field).allow", "\(field).block"]
        guard both.count < lists.allow.count else {
            return PolicyWarning(
                .listAllowsNothing, fields,
                "Everything in \(field).allow is in \(field).block too, so nothing is allowed.")
        }
        return PolicyWarning(
            .listContradiction, fields, "\(quoted(both)) is both allowed and blocked; block wins.")
    }

    /// A few of them, by name.
    private static func quoted<Item: CheckedText>(_ items: Set<Item>) -> String {
        let names = items.map { "\"\($0.text)\"" }.sorted()
        let shown = names.prefix(3).joined(separator: ", ")
        return names.count > 3 ? "\(shown) and \(names.count - 3) more: each" : shown
    }

    private static func approval(of terms: PolicyTerms) -> [PolicyWarning] {
        guard let above = terms.approvalAbove else { return [] }
        let limits = terms.limits.indices.filter { terms.limits[$0].amount.map { $0 <= above } ?? false }
        guard let lowest = limits.min(by: { terms.limits[$0].amount ?? 0 < terms.limits[$1].amount ?? 0 }) else {
            return []
        }
        return [
            PolicyWarning(
                .approvalNeverAsked, ["approval.above", "limits[\(lowest)].amount"],
                "Approval is never requested: anything above \(above) is over the \(terms.limits[lowest].interval.name) limit of "
                    + "\(terms.limits[lowest].amount ?? 0), and denied.")
        ]
    }

    private static func schedule(of terms: PolicyTerms) -> [PolicyWarning] {
        guard let schedule = terms.schedule, schedule.days.isEmpty else { return [] }
        return [
            PolicyWarning(
                .scheduleNeverOpen, ["schedule.days"], "The schedule has no days, so nothing is ever allowed.")
        ]
    }

    private static func counter(of terms: PolicyTerms) -> [PolicyWarning] {
        guard terms.agentID != nil, terms.counter == .perAgent else { return [] }
        return [
            PolicyWarning(
                .counterWithoutEffect, ["counter", "agentId"],
                "The policy applies to one agent, so PER_AGENT and SHARED count the same.")
        ]
    }
}
