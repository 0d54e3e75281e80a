/// A company's policies, arranged so that those with a say in a request are found without looking at the others.
struct PolicySet: Sendable {
    /// Every one, oldest first.
    let all: [Policy]
    /// The enabled ones of the company, and of each agent, by currency; oldest first.
    private let companyWide: [CurrencyCode: [Policy]]
    private let byAgent: [AgentID: [CurrencyCode: [Policy]]]

    /// `policies` oldest first.
    init(_ policies: [Policy]) {
        all = policies
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

    private static func merged(_ left: [Policy], _ right: [Policy]) -> [Policy] {
        if right.isEmpty { return left }
        if left.isEmpty { return right }
        return (left + right).sorted { $0.id.text < $1.id.text }
    }
}

extension PolicyTerms {
    /// Whether they are about this agent: its own, or everybody's.
    func binds(_ agent: AgentID) -> Bool {
        agentID == nil || agentID == agent
    }
}
