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
