/// A spend that an agent asks for.
public struct AuthorizationRequest: Sendable {
    /// How long a token may live: 60 s to 7 days.
    public static let lifetimeSecondsRange: ClosedRange<Int64> = 60...604_800

    public let agentID: AgentID
    public let money: Money
    public let merchant: Merchant?
    public let note: Note?
    public let metadata: Metadata
    public let audience: Audience?
    /// Nil: the issuer's default.
    public let lifetimeSeconds: Int64?

    public init(
        agentID: AgentID, money: Money, merchant: Merchant? = nil, note: Note? = nil, metadata: Metadata = Metadata(),
        audience: Audience? = nil, lifetimeSeconds: Int64? = nil
    ) throws(InvalidValue) {
        if let lifetimeSeconds, !Self.lifetimeSecondsRange.contains(lifetimeSeconds) {
            throw InvalidValue(code: .outOfRange, "must be from 60 to 604800 seconds")
        }
        self.agentID = agentID
        self.money = money
        self.merchant = merchant
        self.note = note
        self.metadata = metadata
        self.audience = audience
        self.lifetimeSeconds = lifetimeSeconds
    }
}

/// An authorization and, where it has one, the token that proves it.
public struct IssuedAuthorization: Sendable, Equatable {
    public let authorization: Authorization
    public let token: String?
}

/// What would be decided now, with nothing reserved and nothing signed.
public struct DryRun: Sendable {
    public let decision: Decision
    public let reasons: [Reason]
    public let shadowReasons: [Reason]
    public let policies: [EvaluatedPolicy]
}
