/// One reason for a decision. A denial has every reason that holds, first cause first.
public struct Reason: Sendable, Codable, Equatable {
    public let code: ReasonCode
    /// The policy it comes from; nil when no policy is at fault.
    public var policyID: PolicyID?
    /// A sentence for people.
    public let message: String
    public var limit: LimitFigures?
    /// Where a schedule refused: when it opens next. Nil for every other reason, and where it never does.
    public var opensAt: Instant?

    public init(
        code: ReasonCode, policyID: PolicyID? = nil, message: String, limit: LimitFigures? = nil,
        opensAt: Instant? = nil
    ) {
        self.code = code
        self.policyID = policyID
        self.message = message
        self.limit = limit
        self.opensAt = opensAt
    }
}

/// How a limit stood when it refused: minor units, or authorizations where the limit counts those.
public struct LimitFigures: Sendable, Codable, Equatable {
    public let interval: Interval
    public let limit: Int64
    /// Confirmed and reserved so far in the period.
    public let spent: Int64
    public let requested: Int64
    /// Never under 0.
    public let remaining: Int64
    /// When the period ends; of a rolling limit, when enough has left it for this request to fit. Nil where that is never:
    /// for one authorization, for all time, and where the request alone is over a rolling limit.
    public var resetsAt: Instant?
}

/// Stable codes: programs branch on them. More may come; a reader must bear ones it does not know.
public enum ReasonCode: String, Sendable, Codable, CaseIterable {
    case agentSuspended = "AGENT_SUSPENDED"
    case noApplicablePolicy = "NO_APPLICABLE_POLICY"
    case policyError = "POLICY_ERROR"
    case attributeMissing = "ATTRIBUTE_MISSING"
    case merchantBlocked = "MERCHANT_BLOCKED"
    case merchantNotAllowed = "MERCHANT_NOT_ALLOWED"
    case categoryBlocked = "CATEGORY_BLOCKED"
    case categoryNotAllowed = "CATEGORY_NOT_ALLOWED"
    case countryBlocked = "COUNTRY_BLOCKED"
    case countryNotAllowed = "COUNTRY_NOT_ALLOWED"
    case outsideSchedule = "OUTSIDE_SCHEDULE"
    case perAuthorizationLimitExceeded = "PER_AUTHORIZATION_LIMIT_EXCEEDED"
    case dailyLimitExceeded = "DAILY_LIMIT_EXCEEDED"
    case weeklyLimitExceeded = "WEEKLY_LIMIT_EXCEEDED"
    case monthlyLimitExceeded = "MONTHLY_LIMIT_EXCEEDED"
    case yearlyLimitExceeded = "YEARLY_LIMIT_EXCEEDED"
    case allTimeLimitExceeded = "ALL_TIME_LIMIT_EXCEEDED"
    case rollingLimitExceeded = "ROLLING_LIMIT_EXCEEDED"
    case dailyCountExceeded = "DAILY_COUNT_EXCEEDED"
    case weeklyCountExceeded = "WEEKLY_COUNT_EXCEEDED"
    case monthlyCountExceeded = "MONTHLY_COUNT_EXCEEDED"
    case yearlyCountExceeded = "YEARLY_COUNT_EXCEEDED"
    case allTimeCountExceeded = "ALL_TIME_COUNT_EXCEEDED"
    case rollingCountExceeded = "ROLLING_COUNT_EXCEEDED"
    case approvalRequired = "APPROVAL_REQUIRED"
    case approvalDenied = "APPROVAL_DENIED"
    case approvalExpired = "APPROVAL_EXPIRED"
}
