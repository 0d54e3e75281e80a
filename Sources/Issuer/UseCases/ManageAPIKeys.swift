/// A new key, as it is asked for.
public struct APIKeyDraft: Sendable {
    public let name: Name
    /// Nil: the standard scopes, as far as the key that asks has them, and a key bound to an agent can.
    public let scopes: Set<Scope>?
    /// Nil: the same as that of the key that asks.
    public let expiresAt: Instant?
    /// The one agent it may spend for; nil: any.
    public let agentID: AgentID?
    /// Nil: the environment of the key that asks.
    public let environment: Environment?

    public init(
        name: Name, scopes: Set<Scope>? = nil, expiresAt: Instant? = nil, agentID: AgentID? = nil,
        environment: Environment? = nil
    ) {
        self.name = name
        self.scopes = scopes
        self.expiresAt = expiresAt
        self.agentID = agentID
        self.environment = environment
    }
}

/// A key that was just made, with its secret, which is shown this once.
public struct NewAPIKey: Sendable, Codable {
    public let key: APIKey
    public let secret: String
}

extension Issuer {
    /// Makes a key that can do no more, and no longer, than the key that asks.
    public func createAPIKey(
        _ draft: APIKeyDraft, as principal: Principal, once attempt: OnceOnly?
    ) async throws -> Answered<NewAPIKey> {
        // Before bcrypt: who may not make keys must not make work either.
        try Self.check(.manage, of: principal)
        let environment = draft.environment ?? principal.environment
        let standard = draft.agentID == nil ? Scope.standard : Scope.standard.subtracting([.manage])
        let scopes = draft.scopes ?? standard.intersection(principal.scopes)
        let expiresAt = draft.expiresAt ?? principal.expiresAt
        try Self.check(draft, environment, scopes, expiresAt, against: principal, now: clock.now())
        let (secret, hash) = try await newSecret(for: environment, of: principal.companyID)
        let answered = try await transaction(as: principal, scope: .manage) { [self] books in
            try once(attempt, holdsSecret: true, in: books) { books in
                if let agent = draft.agentID { _ = try Self.agent(agent, in: books.switched(to: environment)) }
                let key = APIKey(
                    id: ids.next(at: books.now), environment: environment, name: draft.name, prefix: secret.prefix,
                    scopes: scopes, agentID: draft.agentID, createdAt: books.now, expiresAt: expiresAt,
                    lastUsedAt: nil)
                try APIKeys.insert(key, hash: hash, tag: secret.tag, of: books.companyID, in: books.tx)
                try books.switched(to: environment).audit(.apiKeyCreated, key.id.text, after: key.json)
                return NewAPIKey(key: key, secret: secret.text)
            }
        }
        // Another key's request, given again to one that could not have made that key.
        if answered.replayed, case .success(let made) = answered.result, !Self.mayMake(made.key, principal) {
            throw IssuerError.idempotencyKeyReused
        }
        return answered
    }

    private static func mayMake(_ key: APIKey, _ principal: Principal) -> Bool {
        guard let last = principal.expiresAt else { return key.scopes.isSubset(of: principal.scopes) }
        return key.scopes.isSubset(of: principal.scopes) && key.expiresAt.map { $0 <= last } ?? false
    }

    /// Newest first, the revoked ones left out. A test key sees test keys alone, and one bound to an agent those bound to it.
    public func apiKeys(page: Page, as principal: Principal) async throws -> Listing<APIKey> {
        try Self.check(page, of: APIKeyID.self)
        return try await look(at: nil, as: principal) { [self] books in
            let keys = try APIKeys.page(
                page, of: books.companyID, visibleFrom: books.environment, boundTo: principal.agentID, in: books.tx)
            // What was not written down yet, see `Sweeper`.
            return Listing(keys.map(apiKeyVerifier.addingLastUse), page: page, id: \.id.text)
        }
    }

    /// From the next request on, everywhere, the key opens nothing.
    public func revokeAPIKey(_ id: APIKeyID, as principal: Principal) async throws {
        try await transaction(as: principal, scope: .manage) { [self] books in
            guard
                let key = try APIKeys.revoke(
                    id, of: books.companyID, visibleFrom: books.environment, at: books.now, in: books.tx)
            else { throw IssuerError.notFound(.apiKey, id.text) }
            try books.switched(to: key.environment).audit(.apiKeyRevoked, id.text, before: key.json)
            try Companies.keysChanged(books.companyID, version: ids.version(at: books.now), in: books.tx)
        }
        apiKeyVerifier.forget(id)
    }

    /// A fresh secret and its bcrypt hash, which takes a while and is made off the cooperative pool.
    func newSecret(
        for environment: Environment, of company: CompanyID?
    ) async throws -> (APIKeySecret, hash: String) {
        let secret = try APIKeySecret.random(for: environment)
        return (secret, try await apiKeyVerifier.hash(secret, cost: settings.bcryptCost, for: company))
    }

    private static func check(
        _ draft: APIKeyDraft, _ environment: Environment, _ scopes: Set<Scope>, _ expiresAt: Instant?,
        against principal: Principal, now: Instant
    ) throws(IssuerError) {
        guard principal.environment == .live || environment == .test else {
            throw .invalid(field: "environment", InvalidValue("a test key can only create test keys"))
        }
        for scope in Scope.allCases where scopes.contains(scope) && !principal.scopes.contains(scope) {
            throw .forbidden(scope)
        }
        guard !scopes.isEmpty else { throw .invalid(field: "scopes", InvalidValue("must name at least one scope")) }
        if draft.agentID != nil && scopes.contains(.manage) {
            throw .invalid(field: "scopes", InvalidValue("a key bound to an agent must not have the scope \"manage\""))
        }
        guard let end = expiresAt else { return }
        guard end > now else { throw .invalid(field: "expiresAt", InvalidValue("must be in the future")) }
        if let last = principal.expiresAt, end > last {
            throw .invalid(
                field: "expiresAt",
                InvalidValue("must not be later than that of the key making the request, \(last.rfc3339)"))
        }
    }
}
