import Hummingbird
import Issuer

/// `/v1/audit`: what was changed, by whom and when.
struct AuditRoutes {
    let issuer: Issuer

    func add(to routes: RouteTable) {
        routes.get("/v1/audit", list)
    }

    private func list(_ call: Call) async throws -> Response {
        let (filter, page) = try call.query(["actor", "action", "object"] + QueryReader.pageNames) { query in
            let filter = AuditFilter(
                actor: query.text("actor"), action: query.choice("action", AuditAction.self),
                object: query.text("object"))
            let page = query.page()
            try query.findings.check()
            return (filter, page)
        }
        return .list(try await issuer.audit(filter, page: page, as: call.caller)) { json, entry in
            entry.write(to: &json)
        }
    }
}
