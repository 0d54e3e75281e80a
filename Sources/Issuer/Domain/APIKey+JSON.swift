extension APIKey {
    /// As the API and the audit log give it. `secret` is given once, when the key is made.
    package func write(to json: inout JSONWriter, secret: String? = nil) {
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

    var json: String { JSONWriter.text { write(to: &$0) } }
}
