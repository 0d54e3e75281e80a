/// Who asks: somebody whose API key, session or token was verified.
public struct Principal: Sendable, Equatable {
    public let companyID: CompanyID
    public let environment: Environment
    public let credential: Credential
    public let scopes: Set<Scope>
    /// A person's; nil for an API key.
    public let role: Role?
    public let agentID: AgentID?
    /// From then on the key is refused.
    public let expiresAt: Instant?
    /// The company's key version when the credential was last read: an older one is read again before it decides anything.
    public internal(set) var keyVersion: Int64
    /// The request in which they ask, as its answer names it.
    public var requestID: String?

    init(
        companyID: CompanyID, environment: Environment, credential: Credential, scopes: Set<Scope>, role: Role? = nil,
        agentID: AgentID? = nil, expiresAt: Instant? = nil, keyVersion: Int64
    ) {
        self.companyID = companyID
        self.environment = environment
        self.credential = credential
        self.scopes = scopes
        self.role = role
        self.agentID = agentID
        self.expiresAt = expiresAt
        self.keyVersion = keyVersion
    }

    /// Whether a policy of these terms can be about what it may spend: a key bound to an agent sees no other's.
    func sees(_ terms: PolicyTerms) -> Bool { agentID.map(terms.binds) ?? true }

    var author: Author { Author(actor: credential.actor, requestID: requestID) }
}
