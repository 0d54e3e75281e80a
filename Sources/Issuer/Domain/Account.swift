/// A person who signs in. One person may be a member of several companies.
public struct User: Sendable, Equatable {
    public let id: UserID
    /// What a person signs in with here; nil for one who signs in with an identity provider alone.
    public let email: EmailAddress?
    /// What others see: the address, or what the identity provider calls them.
    public let label: String
    public let createdAt: Instant
}

/// A person in a company.
public struct Member: Sendable, Equatable {
    public let user: User
    public let role: Role
    public let joinedAt: Instant
    /// When a session of theirs was last used, to the minute.
    public internal(set) var lastSeenAt: Instant?
}

/// One browser in which somebody is signed in, as it is listed: never its token.
public struct Session: Sendable, Equatable {
    public let id: SessionID
    public let userID: UserID
    public let environment: Environment
    public let createdAt: Instant
    /// To the minute.
    public internal(set) var lastSeenAt: Instant
    /// From then on it is over, however much it is used.
    public let expiresAt: Instant
    /// What the browser called itself, of at most 200 characters.
    public let userAgent: String
}

/// Somebody who may join by a link, which was shown once, to whoever asked for it.
public struct Invitation: Sendable, Equatable, Codable {
    public let id: InvitationID
    public let role: Role
    /// For whom, in the inviter's words.
    public let note: Name?
    /// Nil: somebody at the issuer's machine.
    public let createdBy: UserID?
    public let createdAt: Instant
    public let expiresAt: Instant
}

/// A company that somebody is a member of.
public struct Membership: Sendable, Equatable {
    public let companyID: CompanyID
    public let companyName: Name
    public let role: Role
}
