import Hummingbird
import Issuer

/// `/v1/authorize` and `/v1/authorizations`: asking for a spend, and what becomes of it.
struct AuthorizeRoutes {
    let issuer: Issuer

    func add(to routes: RouteTable) {
        routes.post("/v1/authorize", body: .required, authorize)
        routes.get("/v1/authorize/:id", get)
        routes.get("/v1/authorize/:id/explain", explain)
        routes.post("/v1/authorize/:id/confirm", body: .optional, confirm)
        routes.post("/v1/authorize/:id/void", body: .optional, void)
        routes.get("/v1/authorizations", list)
    }

    private func authorize(_ call: Call) async throws -> Response {
        let dryRun = try call.query(["dryRun"]) { query in
            let flag = query.flag("dryRun")
            try query.findings.check()
            return flag
        }
        let request = try call.decode(AuthorizationRequest.names, AuthorizationRequest.init)
        guard !dryRun else {
            let outcome = try await issuer.dryRun(request, as: call.caller)
            return .json(.of { outcome.write(to: &$0, for: request) })
        }
        return try await issuer.authorize(request, as: call.caller, once: call.once).response(Self.response)
    }

    private func get(_ call: Call) async throws -> Response {
        try call.refuseQuery()
        return .json(.of(try await issuer.authorization(call.id(.authorization), as: call.caller).write))
    }

    private func explain(_ call: Call) async throws -> Response {
        try call.refuseQuery()
        return .json(.of(try await issuer.explain(call.id(.authorization), as: call.caller).write))
    }

    private func confirm(_ call: Call) async throws -> Response {
        try call.refuseQuery()
        let amount = try call.decodeIfPresent(["amount"]) { body in
            let amount = body.integer("amount", in: 1...Money.minorUnitsMax)
            try body.findings.check()
            return amount
        }
        return try await issuer.confirm(
            call.id(.authorization), amount: amount ?? nil, as: call.caller, once: call.once
        ).response(Self.response)
    }

    private func void(_ call: Call) async throws -> Response {
        try call.refuseQuery()
        try call.decodeIfPresent([]) { body in try body.findings.check() }
        return try await issuer.void(call.id(.authorization), as: call.caller, once: call.once)
            .response(Self.response)
    }

    private func list(_ call: Call) async throws -> Response {
        let (filter, page) = try call.query(["agentId", "status", "from", "to"] + QueryReader.pageNames) { query in
            let filter = AuthorizationFilter(
                agentID: query.id("agentId", .agent), status: query.choice("status"),
                from: query.instant("from"), to: query.instant("to"))
            let page = query.page()
            try query.findings.check()
            return (filter, page)
        }
        let found = try await issuer.authorizations(filter, page: page, as: call.caller)
        return .list(found) { json, authorization in authorization.write(to: &json, token: nil) }
    }

    /// What came of a request: one that is held has been taken in, not decided, 202.
    static func response(_ issued: IssuedAuthorization) -> Response {
        .json(.of(issued.write), status: issued.authorization.status == .held ? .accepted : .ok)
    }
}
