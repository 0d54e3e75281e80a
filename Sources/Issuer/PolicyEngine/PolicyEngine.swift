/// What an agent asks to spend, as the policies see it.
struct SpendRequest: Sendable {
    let agent: AgentID
    let agentStatus: Agent.Status
    let money: Money
    let merchant: Merchant?
    /// A person has approved: thresholds no longer ask for one.
    let isApproved: Bool
}

/// What the policies say to a request.
struct Ruling: Equatable, Sendable {
    let decision: Decision
    /// Every reason that holds, first cause first; empty when approved.
    var reasons: [Reason]
    /// What SHADOW policies would have said.
    var shadowReasons: [Reason]
    let policies: [EvaluatedPolicy]
}

/// Decides. No clock, no store, no randomness: the same arguments give the same ruling, for ever.
enum PolicyEngine {
    /// The counters that `decide` will look at, each once.
    static func counters(for policies: [Policy], agent: AgentID, at now: Instant) -> [CounterKey] {
        var keys: [CounterKey] = []
        var known: Set<CounterKey> = []
        for policy in policies {
            for limit in policy.terms.limits {
                let key = LimitRules.counter(of: limit.interval, in: policy.terms, agent: agent, at: now)
                if let key, known.insert(key).inserted { keys.append(key) }
            }
        }
        return keys
    }

    /// `policies` are those that apply; `spent` has every counter that `counters` names for them.
    static func decide(
        _ request: SpendRequest, under policies: [Policy], spent: SpendSoFar, at now: Instant
    ) -> Ruling {
        let enforced = policies.filter { $0.terms.mode == .enforce }
        let refusals =
            standing(of: request.agentStatus, enforced: enforced)
            + enforced.flatMap { blocks(request, by: $0, at: now) }
            + enforced.flatMap { LimitRules.refusals(of: request, by: $0, spent: spent, at: now) }
        let reasons = refusals.isEmpty ? enforced.flatMap { ApprovalRule.reasons(for: request, by: $0) } : refusals
        let decision: Decision =
            reasons.isEmpty ? .approved : refusals.isEmpty ? .pendingApproval : .denied
        return Ruling(
            decision: decision, reasons: reasons,
            shadowReasons: shadowReasons(request, policies.filter { $0.terms.mode == .shadow }, spent: spent, at: now),
            policies: enforced.map { policy in
                let denies = refusals.contains { $0.policyID == policy.id }
                return EvaluatedPolicy(id: policy.id, version: policy.version, effect: denies ? .deny : .allow)
            })
    }

    /// What a policy refuses whatever was spent.
    private static func blocks(_ request: SpendRequest, by policy: Policy, at now: Instant) -> [Reason] {
        MerchantRules.refusals(of: request.merchant, by: policy) + ScheduleRule.refusals(by: policy, at: now)
    }

    private static func standing(of status: Agent.Status, enforced: [Policy]) -> [Reason] {
        var reasons: [Reason] = []
        switch status {
        case .active: break
        case .suspended: reasons.append(Reason(code: .agentSuspended, message: "The agent is suspended."))
        }
        if enforced.isEmpty {
            reasons.append(
                Reason(
                    code: .noApplicablePolicy,
                    message: "No enabled policy covers this agent in this currency, and without one nothing is allowed."
                ))
        }
        return reasons
    }

    private static func shadowReasons(
        _ request: SpendRequest, _ policies: [Policy], spent: SpendSoFar, at now: Instant
    ) -> [Reason] {
        policies.flatMap { policy in
            let refusals =
                blocks(request, by: policy, at: now)
                + LimitRules.refusals(of: request, by: policy, spent: spent, at: now)
            return refusals.isEmpty ? ApprovalRule.reasons(for: request, by: policy) : refusals
        }
    }
}
