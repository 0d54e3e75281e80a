import HTTPTypes
import Hummingbird
import Issuer

/// One authenticated request whose body has been read: all that a handler needs to call its use case.
struct Call {
    let request: Request
    let scope: RequestScope
    let caller: Principal
    /// Empty where there was none.
    let body: [UInt8]
    /// Set on a POST that bears an Idempotency-Key.
    let once: OnceOnly?
    let metrics: Metrics

    /// The identifier in the path. What no identifier of that kind looks like names nothing.
    func id<Kind>(_ resource: IssuerError.Resource, _ parameter: String = "id") throws -> ID<Kind> {
        let text = scope.parameters.get(parameter) ?? ""
        guard let id = ID<Kind>(text) else { throw IssuerError.notFound(resource, text) }
        return id
    }

    /// Whoever is signed in. Throws where it is an API key that asks.
    var session: SignedIn {
        get throws {
            guard let signedIn = scope.signedIn else { throw IssuerError.account(.sessionOnly) }
            return signedIn
        }
    }

    /// Reads the body's object, whose members may be `names`, and throws with everything that is wrong with it.
    func decode<Value>(_ names: [String], _ read: (ObjectReader) throws -> Value) throws -> Value {
        let start = metrics.uptime()
        defer { metrics.http.spent(metrics.uptime() - start, in: .parse) }
        let json = try RequestJSON(body)
        let findings = Findings(oversizedNumbers: json.oversizedNumbers)
        return try read(ObjectReader(json.root, names: names, into: findings))
    }

    /// The same where the body may be left out.
    func decodeIfPresent<Value>(_ names: [String], _ read: (ObjectReader) throws -> Value) throws -> Value? {
        body.isEmpty ? nil : try decode(names, read)
    }

    /// Reads the query, whose parameters may be `names`.
    func query<Value>(_ names: [String] = [], _ read: (QueryReader) throws -> Value) throws -> Value {
        try read(QueryReader(request.uri.query, names: names))
    }

    /// The query of a list that takes nothing but a page.
    func page() throws -> Page {
        try query(QueryReader.pageNames) { query in
            let page = query.page()
            try query.findings.check()
            return page
        }
    }

    /// Refuses any query at all.
    func refuseQuery() throws {
        try query { try $0.findings.check() }
    }
}
