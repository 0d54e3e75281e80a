/// A key with which a program calls the API, as it is listed: never the secret itself.
public struct APIKey: Sendable, Codable, Equatable {
    public let id: APIKeyID
    public let environment: Environment
    public let name: Name
    /// The part kept in the clear, with which the key is looked up: `ag_live_` and 12 characters.
    public let prefix: String
    public let scopes: Set<Scope>
    /// The one agent this key may spend for. Nil: any of the company's.
    public let agentID: AgentID?
    public let createdAt: Instant
    public let expiresAt: Instant?
    /// Written down once a minute at most: every request of a busy key would otherwise be a write.
    public internal(set) var lastUsedAt: Instant?
}

/// What a key may do.
public enum Scope: String, Sendable, Codable, CaseIterable {
    /// Authorize, confirm, void.
    case authorize
    /// Everything that only looks.
    case read
    /// Agents, policies and API keys.
    case manage
    /// Decide on held requests.
    case approve

    /// What a key gets when nothing else is asked for: a key in an agent's hands must not approve its own spends.
    public static let standard: Set<Scope> = [.authorize, .read, .manage]
}

/// Who asks: an API key that was verified.
public struct Principal: Sendable, Equatable {
    public let companyID: CompanyID
    public let environment: Environment
    public let keyID: APIKeyID
    public let scopes: Set<Scope>
    public let agentID: AgentID?
    /// From then on the key is refused.
    public let expiresAt: Instant?
    /// The company's key version when the key was last read: an older one is read again before it decides anything.
    public let keyVersion: Int64
    /// The request in which they ask, as its answer names it.
    public var requestID: String?

    var author: Author {
        Author(actor: companyID == .issuer ? Author.operatorName : keyID.text, requestID: requestID)
    }
}
