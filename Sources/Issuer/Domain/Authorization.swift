/// One spend that an agent asked for, what was decided, and what became of it.
public struct Authorization: Sendable, Codable, Equatable {
    public let id: AuthorizationID
    public let environment: Environment
    public let agentID: AgentID
    public let money: Money
    public let merchant: Merchant?
    public let note: Note?
    public let metadata: Metadata
    /// The processors the token is for.
    public let audience: Audience?
    /// How long the token is to live, in seconds.
    public let lifetimeSeconds: Int64
    public let createdAt: Instant

    public var status: AuthorizationStatus
    public var decision: Decision
    public var reasons: [Reason]
    public var shadowReasons: [Reason]
    public var policies: [EvaluatedPolicy]
    public var approval: ApprovalRecord?
    /// When the budget was reserved: the instant whose periods this spend counts in. Nil until then.
    public var authorizedAt: Instant?
    /// The token's `exp`; for a held request, when it lapses.
    public var expiresAt: Instant
    /// When an unconfirmed reservation is released: `expiresAt` and the grace. Nil when nothing was reserved.
    public var holdExpiresAt: Instant?
    public var confirmedAmount: Int64?
    /// Confirmed after the reservation had lapsed: recorded because the money may be spent all the same.
    public var late: Bool
    /// When it was confirmed, voided, denied by a person, or lapsed.
    public var resolvedAt: Instant?
    /// What the token says, as it was decided. Nil while a person has yet to decide.
    public var claims: SignedClaims?
}

/// The exact payload of a token and the key it was recorded under: signing it again gives the same token.
public struct SignedClaims: Sendable, Codable, Equatable {
    public let kid: String
    public let typ: TokenType
    /// The claims as JSON text, byte for byte as signed.
    public let payload: String
    /// The token's third part, recorded where signing again would give another one; else nil.
    public internal(set) var signature: String?

    public enum TokenType: String, Sendable, Codable {
        case authorization = "spend-authorization+jwt"
        case denial = "spend-denial+jwt"
    }
}

/// What was decided on a request.
public enum Decision: String, Sendable, Codable, CaseIterable {
    case approved = "APPROVED"
    case denied = "DENIED"
    case pendingApproval = "PENDING_APPROVAL"
}

/// What has become of a request. Which follows which is in `AuthorizationState.swift`.
public enum AuthorizationStatus: String, Sendable, Codable, CaseIterable {
    /// Reserved: neither confirmed nor voided yet.
    case pending = "PENDING"
    case confirmed = "CONFIRMED"
    case voided = "VOIDED"
    /// The reservation lapsed unconfirmed.
    case expired = "EXPIRED"
    case denied = "DENIED"
    /// A person must decide; nothing is reserved.
    case held = "HELD"
}

/// Who decided on a held request, and when.
public struct ApprovalRecord: Sendable, Codable, Equatable {
    /// A pseudonym: the API key's or user's identifier.
    public let by: String
    public let at: Instant
    public let note: Note?
    public let approved: Bool
}

/// A policy that took part in a decision.
public struct EvaluatedPolicy: Sendable, Codable, Equatable {
    public enum Effect: String, Sendable, Codable {
        case allow = "ALLOW"
        case deny = "DENY"
    }

    public let id: PolicyID
    public let version: Int64
    public let effect: Effect
}
