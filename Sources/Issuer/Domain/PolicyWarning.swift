/// Something in a policy that contradicts itself, or another policy. It warns: the policy is in force all the same.
public struct PolicyWarning: Sendable, Codable, Equatable {
    /// Stable codes; more may come.
    public enum Code: String, Sendable, Codable, CaseIterable {
        /// A limit is above one of a longer stretch of time, which is reached first.
        case limitAboveLonger = "LIMIT_ABOVE_LONGER"
        /// Two limits of one interval: the higher never decides.
        case limitTwice = "LIMIT_TWICE"
        /// A limit of 0.
        case limitAllowsNothing = "LIMIT_ALLOWS_NOTHING"
        /// The same is allowed and blocked; block wins.
        case listContradiction = "LIST_CONTRADICTION"
        /// Everything that is allowed is blocked too.
        case listAllowsNothing = "LIST_ALLOWS_NOTHING"
        /// A pair of lists in which nothing is: everything is allowed.
        case listEmpty = "LIST_EMPTY"
        /// Whatever is over the threshold is over a limit.
        case approvalNeverAsked = "APPROVAL_NEVER_ASKED"
        case scheduleNeverOpen = "SCHEDULE_NEVER_OPEN"
        /// A counter of each agent's own, in a policy of one agent.
        case counterWithoutEffect = "COUNTER_WITHOUT_EFFECT"
        /// This policy and another allow nothing that both allow.
        case policiesAllowNothingTogether = "POLICIES_ALLOW_NOTHING_TOGETHER"
    }

    public let code: Code
    /// As the API names them: `limits[0].amount`.
    public let fields: [String]
    /// A sentence for people.
    public let message: String
    /// The other policies it is about.
    public let policyIDs: [PolicyID]

    init(_ code: Code, _ fields: [String], _ message: String, policyIDs: [PolicyID] = []) {
        self.code = code
        self.fields = fields
        self.message = message
        self.policyIDs = policyIDs
    }
}

/// A policy, and what is odd about it.
@dynamicMemberLookup
public struct ReviewedPolicy: Sendable, Codable, Equatable {
    public let policy: Policy
    public let warnings: [PolicyWarning]

    public subscript<Value>(dynamicMember member: KeyPath<Policy, Value>) -> Value {
        policy[keyPath: member]
    }
}
