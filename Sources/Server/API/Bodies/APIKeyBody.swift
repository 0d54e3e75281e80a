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
