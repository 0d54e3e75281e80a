/// How many policies may have a say in one request, and how much a company's may hold.
///
/// All that apply are asked at each request, for which others wait, and a token names those that decided: verifiers take up
/// to 8,192 bytes. Whoever is over a bound since before it was there goes on, and can change what makes it no more.
enum PolicyBounds {
    /// Enabled policies in one currency that apply to one agent. With so many the longest token is one that verifiers take.
    static let applyingMax = 32
    /// What the limits of those count by.
    static let countersMax = 100
    /// `PolicySet.weight` of a company's policies in one environment.
    static let weightMax = 50_000

    /// What the policies that apply to somebody ask of a decision.
    struct Load: Equatable {
        var policies = 0
        var counters = 0
    }

    /// Refuses a policy for which there is no room among `policies`: a new one, or one in the place of that of its name.
    static func check(_ policy: Policy, among policies: PolicySet) throws(InvalidValue) {
        let changed = PolicySet(policies.all.filter { $0.id != policy.id } + [policy])
        guard changed.weight <= max(weightMax, policies.weight) else {
            throw refusal(
                """
                would come to \(changed.weight) in total, counting each policy, limit, and list entry; the maximum is \
                \(weightMax): delete one, or shorten a list
                """)
        }
        guard policy.terms.enabled else { return }
        let currency = policy.terms.currency
        let before = policies.loads(in: currency)
        let after = changed.loads(in: currency).sorted { $0.key?.text ?? "" < $1.key?.text ?? "" }
        for (agent, load) in after {
            let was = before[agent] ?? before[nil] ?? Load()
            let whom = agent.map { "agent \($0)" } ?? "every agent"
            guard load.policies <= max(applyingMax, was.policies) else {
                throw refusal(
                    """
                    \(load.policies) enabled policies in \(currency.text) would apply to \(whom); the maximum is \
                    \(applyingMax): disable, delete or combine some, or limit each to one agent
                    """)
            }
            guard load.counters <= max(countersMax, was.counters) else {
                throw refusal(
                    """
                    the limits in \(currency.text) that apply to \(whom) would need \(load.counters) counters; the \
                    maximum is \(countersMax): use limits of the same interval, which share one, or fewer limits
                    """)
            }
        }
    }

    private static func refusal(_ message: String) -> InvalidValue {
        InvalidValue(code: .tooManyPolicies, message)
    }
}

extension PolicySet {
    /// By agent what a request in the currency asks; nil: of an agent that has no policy of its own in it.
    func loads(in currency: CurrencyCode) -> [AgentID?: PolicyBounds.Load] {
        let shared = companyWide(in: currency)
        let common = Set(shared.flatMap(\.terms.counters))
        var loads: [AgentID?: PolicyBounds.Load] = [
            nil: PolicyBounds.Load(policies: shared.count, counters: common.count)
        ]
        for (agent, policies) in own(in: currency) {
            let counters = Set(policies.flatMap(\.terms.counters)).subtracting(common)
            loads[agent] = PolicyBounds.Load(
                policies: shared.count + policies.count, counters: common.count + counters.count)
        }
        return loads
    }
}

extension PolicyTerms {
    /// What its limits count by. Two that are equal are one counter of an agent; two that are not may be by chance.
    fileprivate struct Counter: Hashable {
        let isPerAgent: Bool
        let interval: Interval
        /// Nil where no clock has a say.
        let timeZone: TimeZoneID?
    }

    fileprivate var counters: [Counter] {
        limits.compactMap { limit in
            let isByClock: Bool
            switch limit.interval {
            case .perAuthorization: return nil
            case .allTime, .rolling: isByClock = false
            case .daily, .weekly, .monthly, .yearly: isByClock = true
            }
            return Counter(
                isPerAgent: agentID != nil || counter == .perAgent, interval: limit.interval,
                timeZone: isByClock ? timeZone : nil)
        }
    }
}
