import Issuer

/// What a policy says, part by part, in words: for its page, and to tell two versions apart.
struct PolicyWords {
    struct Term: Equatable {
        let termName: String
        let termValue: String
    }

    let terms: [Term]

    /// `agent` is what the policy's own agent is called.
    init(_ policy: PolicyTerms, agent: String?) {
        let currency = policy.currency
        var terms: [Term] = []
        func add(_ name: String, _ value: String) { terms.append(Term(termName: name, termValue: value)) }
        add("Name", policy.name.text)
        add("Applies to", Self.whom(policy, agent: agent))
        add("Enabled", policy.enabled ? "yes" : "no")
        add("Mode", policy.mode == .enforce ? "enforced" : "shadow: only records what it would have decided")
        add("Currency", currency.text)
        add("Time zone", policy.timeZone.text)
        add(
            "Limits",
            policy.limits.isEmpty ? "none" : policy.limits.map { Self.limit($0, currency) }.joined(separator: "; "))
        if policy.agentID == nil {
            add(
                "Limits count",
                policy.counter == .shared ? "all agents' spends together" : "each agent's spends separately"
            )
        }
        add(
            "Approval",
            policy.approvalAbove.map { $0 == 0 ? "for every spend" : "above \(MoneyText.text($0, currency))" }
                ?? "not needed")
        Self.add("merchants", policy.merchants, to: &terms)
        Self.add("categories", policy.categories, to: &terms)
        Self.add("countries", policy.countries, to: &terms)
        add("Schedule", policy.schedule.map(Self.hours) ?? "at any time")
        self.terms = terms
    }

    static func whom(_ policy: PolicyTerms, agent: String?) -> String {
        policy.agentID.map { agent ?? $0.text } ?? "every agent"
    }

    static func limit(_ limit: SpendLimit, _ currency: CurrencyCode) -> String {
        let most = [
            limit.amount.map { MoneyText.text($0, currency) }, limit.count.map(MoneyText.spends),
        ].compactMap { $0 }
        return "\(most.joined(separator: " and ")) \(limit.interval.phrase)"
    }

    /// One line for a list.
    static func summary(_ policy: PolicyTerms) -> String {
        var parts = policy.limits.prefix(3).map { limit($0, policy.currency) }
        if policy.limits.count > 3 { parts.append("\(policy.limits.count - 3) more limits") }
        if policy.limits.isEmpty { parts.append("\(policy.currency.text) without a limit") }
        if let above = policy.approvalAbove {
            parts.append(
                above == 0
                    ? "approval for every spend" : "approval above \(MoneyText.text(above, policy.currency))")
        }
        parts += few(policy.merchants, "at")
        parts += few(policy.categories, "for category")
        parts += few(policy.countries, "in")
        if let schedule = policy.schedule { parts.append("\(hours(schedule)) (\(policy.timeZone.text))") }
        return parts.joined(separator: "; ")
    }

    /// The first of what is on the lists, and how many more.
    private static func few<Item>(_ lists: AllowBlock<Item>?, _ preposition: String) -> [String] {
        [("only", lists?.allow ?? []), ("never", lists?.block ?? [])].compactMap { word, items in
            let texts = items.map(\.text).sorted()
            let more = texts.count > 3 ? " and \(MoneyText.count(Int64(texts.count - 3))) more" : ""
            let first = texts.prefix(3).map(\.isolated).joined(separator: ", ")
            return texts.isEmpty ? nil : "\(word) \(preposition) \(first)\(more)"
        }
    }

    static func state(_ policy: PolicyTerms) -> (word: String, tone: String) {
        if !policy.enabled { return ("Off", "quiet") }
        return policy.mode == .enforce ? ("Enforced", "good") : ("Shadow", "accent")
    }

    private static func hours(_ schedule: Schedule) -> String {
        let isAllDay = schedule.from == .startOfDay && schedule.to == .endOfDay
        return isAllDay ? days(schedule.days) : "\(days(schedule.days)), \(schedule.from.text) to \(schedule.to.text)"
    }

    /// `Mon to Fri`, `Mon, Wed`: days in a row, where there are three or more, by the first and the last.
    private static func days(_ days: Set<Schedule.Day>) -> String {
        let all = Schedule.Day.allCases.filter(days.contains)
        guard let first = all.first, let last = all.last else { return "no days" }
        if all.count == Schedule.Day.allCases.count { return "every day" }
        let week = Schedule.Day.allCases
        let span = week.firstIndex(of: last).flatMap { end in week.firstIndex(of: first).map { end - $0 + 1 } }
        return all.count > 2 && span == all.count
            ? "\(first.word) to \(last.word)" : all.map(\.word).joined(separator: ", ")
    }

    private static func add<Item>(_ noun: String, _ lists: AllowBlock<Item>?, to terms: inout [Term]) {
        guard let lists else { return }
        if !lists.allow.isEmpty {
            terms.append(
                Term(
                    termName: "Only these \(noun)", termValue: lists.allow.map(\.text).sorted().joined(separator: ", "))
            )
        }
        if !lists.block.isEmpty {
            terms.append(
                Term(
                    termName: "Never these \(noun)", termValue: lists.block.map(\.text).sorted().joined(separator: ", ")
                )
            )
        }
    }

    struct Difference {
        let changeName: String
        let changeOld: String
        let changeNew: String
    }

    /// What another version says otherwise, in the order of the parts.
    func differences(to newer: PolicyWords) -> [Difference] {
        let names =
            terms.map(\.termName)
            + newer.terms.map(\.termName).filter { name in
                !terms.contains { $0.termName == name }
            }
        return names.compactMap { name in
            let old = terms.first { $0.termName == name }?.termValue ?? "–"
            let new = newer.terms.first { $0.termName == name }?.termValue ?? "–"
            return old == new ? nil : Difference(changeName: name, changeOld: old, changeNew: new)
        }
    }
}
