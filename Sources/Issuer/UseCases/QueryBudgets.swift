/// How budgets stand, for people who look: nothing is written, and no decision waits meanwhile.
extension Issuer {
    /// The most policies whose budgets are looked at.
    public static let budgetPoliciesMax = 200

    /// Every budget of every enforced policy in force, but those that each agent has of its own under a company-wide one.
    ///
    /// Of `budgetPoliciesMax` policies at most, the oldest first.
    public func budgets(as principal: Principal) async throws -> [Budget] {
        try await beside(as: principal) { [self] books in
            try policyCache.policies(in: books).all.filter { policy in
                let terms = policy.terms
                return terms.enabled && terms.mode == .enforce && (terms.agentID != nil || terms.counter == .shared)
            }.prefix(Self.budgetPoliciesMax).flatMap { try Self.standing($0, agent: $0.terms.agentID, in: books) }
        }
    }

    /// Every budget that counts an agent's spends, as `budget(of:as:)` gives them, but for when a rolling one is whole
    /// again.
    public func budgets(of agent: AgentID, as principal: Principal) async throws -> [Budget] {
        try await beside(as: principal) { [self] books in
            try policyCache.policies(in: books).applicable(to: agent).filter { $0.terms.mode == .enforce }
                .prefix(Self.budgetPoliciesMax).flatMap { try Self.standing($0, agent: agent, in: books) }
        }
    }

    private static func standing(_ policy: Policy, agent: AgentID?, in books: Books) throws -> [Budget] {
        // A shared counter is the same whoever asks.
        let agent = agent ?? AgentID(ULID(milliseconds: 0, randomHigh: 0, randomLow: 0))
        return try policy.terms.limits.compactMap { limit in
            guard let key = LimitRules.counter(of: limit.interval, in: policy.terms, agent: agent, at: books.now)
            else { return nil }
            let spend = try Counters.standing(key, currency: policy.terms.currency, in: books)
            return Budget(policy, limit, key, spend, resetsAt: key.period.resetsAt)
        }
    }

    /// What an agent spent at each merchant in the last `days`, the most first.
    public func merchants(
        of agent: AgentID, currency: CurrencyCode, days: Int64, as principal: Principal
    ) async throws -> [Overview.ByMerchant] {
        try await beside(as: principal) { books in
            try SpendReports.byMerchant(
                currency: currency, agent: agent, since: books.now.adding(seconds: -days * 86_400), in: books
            ).map { Overview.ByMerchant(merchant: $0.merchant, total: $0.total) }
        }
    }

    /// What agents spent in the last `days`, by currency.
    public func spends(
        of agents: [AgentID], days: Int64, as principal: Principal
    ) async throws -> [AgentID: [CurrencyCode: SpendTotal]] {
        let wanted = Set(agents)
        return try await beside(as: principal) { books in
            let start = books.now.adding(seconds: -days * 86_400)
            var totals: [AgentID: [CurrencyCode: SpendTotal]] = [:]
            for currency in Set(try SpendReports.byStatus(since: start, in: books).map(\.currency)) {
                for (agent, total) in try SpendReports.byAgent(currency: currency, since: start, in: books)
                where wanted.contains(agent) {
                    totals[agent, default: [:]][currency] = total
                }
            }
            return totals
        }
    }

    /// What agents are called, also those that were deleted.
    public func names(of agents: Set<AgentID>, as principal: Principal) async throws -> [AgentID: Name] {
        guard principal.scopes.contains(.read) else { throw IssuerError.forbidden(.read) }
        return try await besideAdmitted(principal) { books, _ in
            try agents.reduce(into: [:]) { names, agent in names[agent] = try Agents.name(of: agent, in: books) }
        }
    }

    /// What API keys of the company are called, also those that were revoked.
    public func names(ofKeys keys: Set<APIKeyID>, as principal: Principal) async throws -> [APIKeyID: Name] {
        guard principal.scopes.contains(.read) else { throw IssuerError.forbidden(.read) }
        guard !keys.isEmpty else { return [:] }
        return try await besideAdmitted(principal) { books, _ in
            try keys.reduce(into: [:]) { names, key in
                names[key] = try APIKeys.find(key, of: books.companyID, in: books.tx)?.key.name
            }
        }
    }
}
