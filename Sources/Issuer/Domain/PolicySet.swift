/// A company's policies, arranged so that those with a say in a request are found without looking at the others.
struct PolicySet: Sendable {
    /// Every one, oldest first.
    let all: [Policy]
    /// What they hold: one for each policy, each limit, and each entry of a list.
    let weight: Int
    /// The enabled ones of the company, and of each agent, by currency; oldest first.
    private let companyWide: [CurrencyCode: [Policy]]
    private let byAgent: [AgentID: [CurrencyCode: [Policy]]]

    /// `policies` oldest first.
    init(_ policies: [Policy]) {
        all = policies
        weight = policies.reduce(0) { $0 + $1.terms.weight }
        var companyWide: [CurrencyCode: [Policy]] = [:]
        var byAgent: [AgentID: [CurrencyCode: [Policy]]] = [:]
        for policy in policies where policy.terms.enabled {
            if let agent = policy.terms.agentID {
                byAgent[agent, default: [:]][policy.terms.currency, default: []].append(policy)
            } else {
                companyWide[policy.terms.currency, default: []].append(policy)
            }
        }
        (self.companyWide, self.byAgent) = (companyWide, byAgent)
    }

    /// Those that have a say in what this agent spends in this currency, oldest first.
    func applicable(to agent: AgentID, in currency: CurrencyCode) -> [Policy] {
        Self.merged(companyWide[currency] ?? [], byAgent[agent]?[currency] ?? [])
    }

    /// Those that have a say in what this agent spends in any currency, oldest first.
    func applicable(to agent: AgentID) -> [Policy] {
        all.filter { $0.terms.enabled && $0.terms.binds(agent) }
    }

    /// The enabled ones that every agent is bound by in this currency.
    func companyWide(in currency: CurrencyCode) -> [Policy] {
        companyWide[currency] ?? []
    }

    /// The enabled ones in this currency that are one agent's, by agent.
    func own(in currency: CurrencyCode) -> [AgentID: [Policy]] {
        byAgent.compactMapValues { $0[currency] }
    }

    private static func merged(_ left: [Policy], _ right: [Policy]) -> [Policy] {
        if right.isEmpty { return left }
        if left.isEmpty { return right }
        return (left + right).sorted { $0.id.text < $1.id.text }
    }
}

extension PolicyTerms {
    fileprivate var weight: Int {
        1 + limits.count + (merchants?.count ?? 0) + (categories?.count ?? 0) + (countries?.count ?? 0)
    }

    /// Whether they are about this agent: its own, or everybody's.
    func binds(_ agent: AgentID) -> Bool {
        agentID == nil || agentID == agent
    }
}

extension AllowBlock {
    fileprivate var count: Int { allow.count + block.count }
}
