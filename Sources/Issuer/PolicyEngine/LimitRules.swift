/// How much, and how often, in each period.
enum LimitRules {
    /// The counter that a limit compares with. Nil for one authorization, and where the policy's time zone is not known
    /// here, which `refusals` turns into a denial.
    static func counter(
        of interval: Interval, in terms: PolicyTerms, agent: AgentID, at now: Instant
    ) -> CounterKey? {
        guard let period = Period.counted(by: interval, at: now, in: terms.timeZone) else { return nil }
        let isPerAgent = terms.agentID != nil || terms.counter == .perAgent
        return CounterKey(subject: isPerAgent ? .agent(agent) : .company, period: period)
    }

    static func refusals(
        of request: SpendRequest, by policy: Policy, spent: SpendSoFar, at now: Instant
    ) -> [Reason] {
        policy.terms.limits.flatMap { limit in
            guard limit.interval != .perAuthorization else {
                return perAuthorizationRefusal(of: request, by: policy, limit)
            }
            guard let key = counter(of: limit.interval, in: policy.terms, agent: request.agent, at: now),
                let spend = spent[key], spend.amount <= Spend.amountMax - request.money.minorUnits
            else { return [notEvaluated(limit, of: policy)] }
            return [
                amountRefusal(of: request, by: policy, limit, spend, in: key.period),
                countRefusal(by: policy, limit, spend, in: key.period),
            ].compactMap { $0 }
        }
    }

    private static func perAuthorizationRefusal(
        of request: SpendRequest, by policy: Policy, _ limit: SpendLimit
    ) -> [Reason] {
        guard let most = limit.amount, request.money.minorUnits > most else { return [] }
        return [
            Reason(
                code: .perAuthorizationLimitExceeded, policyID: policy.id,
                message:
                    "\"\(policy.terms.name.text)\" allows at most \(policy.terms.amount(most)) for one authorization.",
                limit: LimitFigures(
                    interval: limit.interval, limit: most, spent: 0, requested: request.money.minorUnits,
                    remaining: most, resetsAt: nil))
        ]
    }

    private static func amountRefusal(
        of request: SpendRequest, by policy: Policy, _ limit: SpendLimit, _ spend: Spend, in period: Period
    ) -> Reason? {
        guard let most = limit.amount, let code = limit.interval.amountExceeded else { return nil }
        let remaining = max(0, most - spend.amount)
        guard request.money.minorUnits > remaining else { return nil }
        return Reason(
            code: code, policyID: policy.id,
            message: "\"\(policy.terms.name.text)\" allows \(policy.terms.amount(most)) \(limit.interval.phrase); "
                + "\(spend.amount) is spent or reserved, so \(remaining) is left.",
            limit: figures(limit, most, spend.amount, request.money.minorUnits, remaining, period))
    }

    private static func countRefusal(
        by policy: Policy, _ limit: SpendLimit, _ spend: Spend, in period: Period
    ) -> Reason? {
        guard let most = limit.count, let code = limit.interval.countExceeded, spend.count >= most else { return nil }
        return Reason(
            code: code, policyID: policy.id,
            message: "\"\(policy.terms.name.text)\" allows \(most) authorizations \(limit.interval.phrase); used "
                + "so far: \(spend.count).",
            limit: figures(limit, most, spend.count, 1, 0, period))
    }

    private static func figures(
        _ limit: SpendLimit, _ most: Int64, _ spent: Int64, _ requested: Int64, _ remaining: Int64, _ period: Period
    ) -> LimitFigures {
        LimitFigures(
            interval: limit.interval, limit: most, spent: spent, requested: requested, remaining: remaining,
            resetsAt: period.resetsAt)
    }

    /// A policy that cannot be evaluated denies.
    private static func notEvaluated(_ limit: SpendLimit, of policy: Policy) -> Reason {
        Reason(
            code: .policyError, policyID: policy.id,
            message: "\"\(policy.terms.name.text)\" cannot be evaluated: its \(limit.interval.name) limit has no "
                + "period in \(policy.terms.timeZone.text), or has counted all it can hold.")
    }
}

extension PolicyTerms {
    /// An amount as a sentence says it.
    func amount(_ minorUnits: Int64) -> String {
        "\(minorUnits) minor units of \(currency.text)"
    }
}

extension Interval {
    fileprivate var amountExceeded: ReasonCode? {
        switch self {
        case .perAuthorization: .perAuthorizationLimitExceeded
        case .daily: .dailyLimitExceeded
        case .weekly: .weeklyLimitExceeded
        case .monthly: .monthlyLimitExceeded
        case .yearly: .yearlyLimitExceeded
        case .allTime: .allTimeLimitExceeded
        case .rolling: .rollingLimitExceeded
        }
    }

    fileprivate var countExceeded: ReasonCode? {
        switch self {
        case .perAuthorization: nil
        case .daily: .dailyCountExceeded
        case .weekly: .weeklyCountExceeded
        case .monthly: .monthlyCountExceeded
        case .yearly: .yearlyCountExceeded
        case .allTime: .allTimeCountExceeded
        case .rolling: .rollingCountExceeded
        }
    }

    /// As a sentence says it after an amount.
    var phrase: String {
        switch self {
        case .perAuthorization: "for one authorization"
        case .daily: "a day"
        case .weekly: "a week"
        case .monthly: "a month"
        case .yearly: "a year"
        case .allTime: "in all"
        case .rolling(let seconds): "in any \(seconds) s"
        }
    }
}
