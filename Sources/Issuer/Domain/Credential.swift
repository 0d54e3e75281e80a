/// With what somebody showed who they are.
public enum Credential: Hashable, Sendable {
    case apiKey(APIKeyID)
    /// Somebody signed in to the dashboard.
    case session(SessionID, of: UserID)
    /// A token of the identity provider that signs this company's people in.
    case token(of: UserID)
    /// The key of whoever operates the issuer.
    case operatorKey

    /// Set for an API key alone.
    var apiKeyID: APIKeyID? {
        if case .apiKey(let id) = self { id } else { nil }
    }

    /// The person, where it is one.
    public var userID: UserID? {
        switch self {
        case .session(_, let user), .token(let user): user
        case .apiKey, .operatorKey: nil
        }
    }

    /// What the books and the audit log call who did something.
    var actor: String {
        switch self {
        case .apiKey(let id): id.text
        case .session(_, let user), .token(let user): user.text
        case .operatorKey: Author.operatorName
        }
    }
}
