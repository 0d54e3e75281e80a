/// Shows what a decision was made under, and makes it again.
public struct Explanation: Sendable {
    public let authorization: Authorization
    /// The decision as it stands. Nil for one that was made before evidence was kept.
    public let evaluation: Evaluation?
    /// Of a request that was held and then decided again: what it was held under.
    public let held: Evaluation?
}

/// One time that the policies were asked.
public struct Evaluation: Sendable {
    public let at: Instant
    public let agentStatus: Agent.Status
    /// A person had approved: no threshold asked for one.
    public let isApproved: Bool
    /// Those that had a say, shadows too, oldest first.
    public let policies: [ExplainedPolicy]
    public let reasons: [Reason]
    public let shadowReasons: [Reason]
    /// What the policies say to the same request under the same counters, asked again now.
    public let policyDecision: Decision
    /// The same, after the person who decided on it, or nobody in time.
    public let decision: Decision
    /// Whether that is what was recorded.
    public let matches: Bool
}

/// A policy that had a say, and each of its limits as the decision saw it.
public struct ExplainedPolicy: Sendable {
    public let id: PolicyID
    public let version: Int64
    public let name: Name
    public let mode: PolicyTerms.Mode
    public let effect: EvaluatedPolicy.Effect
    public let limits: [ExplainedLimit]
}

/// A limit beside its counter, which had counted `before` without this request.
public struct ExplainedLimit: Sendable {
    public let interval: Interval
    public let unit: LimitUnit
    public let limit: Int64
    public let before: Int64
    public let requested: Int64
    /// Whose spends the counter counts. Nil for one authorization, which none counts.
    public let scope: Budget.Scope?
    /// Nil for one authorization and for all time.
    public let periodStart: Instant?
    /// Nil too for a rolling limit, from which spends leave one by one.
    public let periodEnd: Instant?

    public var isExceeded: Bool { requested > limit - min(before, limit) }
}

extension Issuer {
    /// Every policy, counter and reason of a decision, from what was recorded when it was made.
    public func explain(
        _ id: AuthorizationID, as principal: Principal
    ) async throws -> Explanation {
        try await look(at: principal.agentID, as: principal) { [self] books in
            let authorization = try Self.authorization(id, for: principal, in: books)
            let (latest, held) = try Authorizations.evidence(of: authorization, in: books)
            return Explanation(
                authorization: authorization,
                evaluation: try latest.map {
                    try evaluation($0, of: authorization, expecting: authorization.asPoliciesSaw, in: books)
                },
                held: try held.map { try evaluation($0, of: authorization, expecting: .held, in: books) })
        }
    }

    private func evaluation(
        _ evidence: Evidence, of authorization: Authorization, expecting expected: Expectation, in books: Books
    ) throws -> Evaluation {
        let policies = try policies(evidence.policies, in: books)
        let request = SpendRequest(
            agent: authorization.agentID, agentStatus: evidence.agentStatus, money: authorization.money,
            merchant: authorization.merchant, isApproved: evidence.isApproved)
        let spent = evidence.spent
        let ruling = PolicyEngine.decide(request, under: policies, spent: spent, at: evidence.at)
        return Evaluation(
            at: evidence.at, agentStatus: evidence.agentStatus, isApproved: evidence.isApproved,
            policies: policies.map { ExplainedPolicy($0, request, ruling, spent, at: evidence.at) },
            reasons: expected.reasons ?? ruling.reasons, shadowReasons: expected.shadowReasons ?? ruling.shadowReasons,
            policyDecision: ruling.decision,
            decision: ruling.decision == expected.decision ? expected.final : ruling.decision,
            matches: expected.agrees(with: ruling))
    }

    /// The policies as those versions had them: from memory where they are still in force.
    private func policies(_ versions: [Evidence.Version], in books: Books) throws -> [Policy] {
        let current = Dictionary(
            try policyCache.policies(in: books).all.map { (Evidence.Version(id: $0.id, version: $0.version), $0) },
            uniquingKeysWith: { first, _ in first })
        return try versions.map { version in
            if let policy = current[version] { return policy }
            guard let kept = try Policies.version(version.version, of: version.id, in: books) else {
                throw StorageError.corrupt("version \(version.version) of \(version.id) is not kept")
            }
            return Policy(
                id: kept.policyID, version: kept.version, terms: kept.terms, createdAt: kept.writtenAt,
                updatedAt: kept.writtenAt)
        }
    }
}

/// What the policies must say again. Nil: anything.
private struct Expectation {
    let decision: Decision
    /// What became of it then.
    let final: Decision
    var reasons: [Reason]?
    var shadowReasons: [Reason]?
    var policies: [EvaluatedPolicy]?

    /// What it was held under says just that: the rest was written over when it was decided.
    static let held = Expectation(decision: .pendingApproval, final: .pendingApproval)

    func agrees(with ruling: Ruling) -> Bool {
        decision == ruling.decision && reasons.map { $0.say(the: ruling.reasons) } ?? true
            && shadowReasons.map { $0.say(the: ruling.shadowReasons) } ?? true
            && policies.map { $0 == ruling.policies } ?? true
    }
}

extension Authorization {
    /// What the policies said, where a person, or nobody in time, had the last word.
    fileprivate var asPoliciesSaw: Expectation {
        let isOthers = reasons.contains { $0.code == .approvalDenied || $0.code == .approvalExpired }
        return Expectation(
            decision: isOthers ? .pendingApproval : decision, final: decision, reasons: isOthers ? nil : reasons,
            shadowReasons: shadowReasons, policies: policies)
    }
}

extension [Reason] {
    /// The same codes and figures. Not the words, which another version of the program may choose otherwise, nor when a
    /// rolling limit lets it through, which the books knew and the policies do not.
    fileprivate func say(the others: [Reason]) -> Bool {
        count == others.count
            && zip(self, others).allSatisfy { one, other in
                one.code == other.code && one.policyID == other.policyID && one.opensAt == other.opensAt
                    && one.limit?.undated == other.limit?.undated
            }
    }
}

extension LimitFigures {
    fileprivate var undated: LimitFigures {
        var figures = self
        if interval.seconds != nil { figures.resetsAt = nil }
        return figures
    }
}

extension ExplainedPolicy {
    fileprivate init(
        _ policy: Policy, _ request: SpendRequest, _ ruling: Ruling, _ spent: SpendSoFar, at now: Instant
    ) {
        id = policy.id
        version = policy.version
        name = policy.terms.name
        mode = policy.terms.mode
        let denies =
            switch policy.terms.mode {
            case .enforce: ruling.policies.contains { $0.id == policy.id && $0.effect == .deny }
            case .shadow: ruling.shadowReasons.contains { $0.policyID == policy.id && $0.code != .approvalRequired }
            }
        effect = denies ? .deny : .allow
        limits = policy.terms.limits.flatMap { limit in
            let key = LimitRules.counter(of: limit.interval, in: policy.terms, agent: request.agent, at: now)
            let spend = key.flatMap { spent[$0] } ?? Spend()
            let requested = [(LimitUnit.amount, limit.amount, request.money.minorUnits), (.count, limit.count, 1)]
            return requested.compactMap { unit, most, requested in
                most.map {
                    ExplainedLimit(
                        interval: limit.interval, unit: unit, limit: $0, before: spend[unit], requested: requested,
                        scope: key.map { $0.subject == .company ? .company : .agent },
                        periodStart: key.flatMap { $0.period == .allTime ? nil : $0.period.start },
                        periodEnd: key?.period.resetsAt)
                }
            }
        }
    }
}
