import Issuer

extension APIKeyDraft {
    static let names = ["name", "scopes", "expiresAt", "agentId", "environment"]

    init(_ body: ObjectReader) throws {
        let name = body.text("name", required: true, Name.init)
        let scopes = body.texts("scopes", countMax: 2 * Scope.allCases.count) { (text) throws(InvalidValue) in
            guard let scope = Scope(rawValue: text) else { throw .notOneOf(Scope.allCases.map(\.rawValue)) }
            return scope
        }
        let expiresAt = body.instant("expiresAt")
        let agentID: AgentID? = body.id("agentId", .agent)
        let environment = body.choice("environment", Environment.self)
        self.init(
            name: try body.findings.all(name), scopes: scopes.map { Set($0) }, expiresAt: expiresAt,
            agentID: agentID, environment: environment)
    }
}

extension APIKey {
    /// The key's members; `secret` is given once, when the key is made.
    func write(to json: inout JSONWriter, secret: String? = nil) {
        json.object { json in
            json.member("id", id.text)
            json.member("name", name.text)
            json.member("prefix", prefix)
            if let secret { json.member("key", secret) }
            json.member("scopes", texts: Scope.allCases.filter(scopes.contains).map(\.rawValue))
            json.member("createdAt", createdAt)
            json.member("lastUsedAt", lastUsedAt)
            json.member("expiresAt", expiresAt)
            json.member("agentId", agentID?.text)
            json.member("environment", environment.rawValue)
        }
    }
}
