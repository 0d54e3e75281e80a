/// What an agent has left to spend.
public struct BudgetReport: Sendable {
    public let agentID: AgentID
    public let asOf: Instant
    public let budgets: [Budget]
}

/// One limit of one policy, and how it stands: minor units, or authorizations where the name says count.
public struct Budget: Sendable {
    public enum Scope: String, Sendable {
        /// Counts this agent's spends.
        case agent = "AGENT"
        /// Counts the spends of all the company's agents together.
        case company = "COMPANY"
    }

    public let policyID: PolicyID
    public let policyName: Name
    public let scope: Scope
    /// Whose spends it counts. Nil: all the company's.
    public let agentID: AgentID?
    public let interval: Interval
    public let currency: CurrencyCode
    public let limit: Int64?
    public let confirmed: Int64
    public let reserved: Int64
    /// Nil when the amount is not limited; never under 0.
    public let remaining: Int64?
    public let countLimit: Int64?
    public let confirmedCount: Int64
    public let reservedCount: Int64
    public let remainingCount: Int64?
    /// Since when spends count. Nil for all time.
    public let periodStart: Instant?
    /// When the limit is whole again: the period's end; of a rolling limit, when all that counts now has left it, nil when
    /// nothing does. Nil for all time.
    public let resetsAt: Instant?
}

extension Issuer {
    /// Every limit that counts over time of every enforced policy that applies to the agent. A limit for a single
    /// authorization is no budget and is left out.
    public func budget(of agent: AgentID, as principal: Principal) async throws -> BudgetReport {
        try Self.check(agent, isFor: principal)
        // A counter that no request has needed yet is opened here, which writes.
        return try await look(at: agent, as: principal, isWriting: true) { [self] books in
            _ = try Self.agent(agent, in: books)
            if books.isBehind { throw Backlog.lapses }
            let policies = try policyCache.policies(in: books).applicable(to: agent)
                .filter { $0.terms.mode == .enforce }
            var spent: [CurrencyCode: SpendSoFar] = [:]
            for (currency, policies) in Dictionary(grouping: policies, by: \.terms.currency) {
                spent[currency] = try Ledger(books).spent(
                    PolicyEngine.counters(for: policies, agent: agent, at: books.now), agent: agent, currency: currency,
                    countedMax: portions.counted)
            }
            let budgets = try policies.flatMap { policy in
                try Self.budgets(of: policy, agent: agent, spent[policy.terms.currency] ?? [:], in: books)
            }
            return BudgetReport(agentID: agent, asOf: books.now, budgets: budgets)
        }
    }

    private static func budgets(
        of policy: Policy, agent: AgentID, _ spent: SpendSoFar, in books: Books
    ) throws -> [Budget] {
        try policy.terms.limits.compactMap { limit in
            guard let key = LimitRules.counter(of: limit.interval, in: policy.terms, agent: agent, at: books.now),
                let spend = spent[key]
            else { return nil }
            let resetsAt =
                key.period.rollingSeconds == nil
                ? key.period.resetsAt
                : try Ledger(books).departure(of: spend.count, .count, from: key, currency: policy.terms.currency)
            return Budget(policy, limit, key, spend, resetsAt: resetsAt)
        }
    }
}

extension Budget {
    init(
        _ policy: Policy, _ limit: SpendLimit, _ key: CounterKey, _ spend: Spend, resetsAt: Instant?
    ) {
        policyID = policy.id
        policyName = policy.terms.name
        switch key.subject {
        case .company: (scope, agentID) = (.company, nil)
        case .agent(let agent): (scope, agentID) = (.agent, agent)
        }
        interval = limit.interval
        currency = policy.terms.currency
        self.limit = limit.amount
        confirmed = spend.confirmedAmount
        reserved = spend.reservedAmount
        remaining = limit.amount.map { max(0, $0 - spend.amount) }
        countLimit = limit.count
        confirmedCount = spend.confirmedCount
        reservedCount = spend.reservedCount
        remainingCount = limit.count.map { max(0, $0 - spend.count) }
        periodStart = key.period == .allTime ? nil : key.period.start
        self.resetsAt = resetsAt
    }
}
