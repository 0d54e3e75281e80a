import HTTPTypes
import Hummingbird
import Issuer

/// `/v1/policies`: what agents may spend. A policy's ETag is its version.
struct PolicyRoutes {
    let issuer: Issuer

    func add(to routes: RouteTable) {
        routes.post("/v1/policies", body: .required, create)
        routes.get("/v1/policies", list)
        routes.post("/v1/policies/simulate", body: .required, keeps: false, simulate)
        routes.get("/v1/policies/:id", get)
        routes.put("/v1/policies/:id", replace)
        routes.delete("/v1/policies/:id", delete)
        routes.get("/v1/policies/:id/versions", versions)
        routes.get("/v1/policies/:id/versions/:version", version)
    }

    private func create(_ call: Call) async throws -> Response {
        try call.refuseQuery()
        let terms = try call.decode(PolicyTerms.names, PolicyTerms.init)
        return try await issuer.createPolicy(terms, as: call.caller, once: call.once).response { policy in
            .json(
                .of(policy.write), status: .created,
                headers: [.location: "/v1/policies/\(policy.id.text)", .eTag: policy.etag])
        }
    }

    private func list(_ call: Call) async throws -> Response {
        let (agent, page) = try call.query(["agentId"] + QueryReader.pageNames) { query in
            let agent: AgentID? = query.id("agentId", .agent)
            let page = query.page()
            try query.findings.check()
            return (agent, page)
        }
        return .list(try await issuer.policies(agent: agent, page: page, as: call.caller)) { json, policy in
            policy.write(to: &json)
        }
    }

    /// Changes nothing, so that an Idempotency-Key has nothing to keep.
    private func simulate(_ call: Call) async throws -> Response {
        try call.refuseQuery()
        let draft = try call.decode(SimulationDraft.names, SimulationDraft.init)
        return .json(.of(try await issuer.simulate(draft, as: call.caller).write))
    }

    private func get(_ call: Call) async throws -> Response {
        try call.refuseQuery()
        return Self.response(try await issuer.policy(call.id(.policy), as: call.caller))
    }

    private func replace(_ call: Call) async throws -> Response {
        try call.refuseQuery()
        let versions = try IfMatch.versions(call.request.headers[.ifMatch])
        let id: PolicyID = try call.id(.policy)
        let terms = try call.decode(PolicyTerms.names + PolicyTerms.ownNames) { body in
            if body.has("id") { _ = body.text("id") { (text) throws(InvalidValue) in try Self.check(text, names: id) } }
            return try PolicyTerms(body)
        }
        return Self.response(
            try await issuer.replacePolicy(id, with: terms, ifVersion: versions, as: call.caller))
    }

    private static func check(_ text: String, names id: PolicyID) throws(InvalidValue) {
        guard text == id.text else { throw InvalidValue("must be the policy's own, \"\(id.text)\", or be left out") }
    }

    private func delete(_ call: Call) async throws -> Response {
        try call.refuseQuery()
        let versions = try IfMatch.versions(call.request.headers[.ifMatch])
        try await issuer.deletePolicy(call.id(.policy), ifVersion: versions, as: call.caller)
        return .noContent
    }

    private func versions(_ call: Call) async throws -> Response {
        let history = try await issuer.policyVersions(call.id(.policy), page: call.page(), as: call.caller)
        return .json(
            JSONWriter.object { json in
                json.member("data", array: history.versions.items) { json, version in version.write(to: &json) }
                json.member("nextCursor", history.versions.nextCursor)
                json.member("deletedAt", history.deletedAt)
            })
    }

    private func version(_ call: Call) async throws -> Response {
        try call.refuseQuery()
        let text = call.scope.parameters.get("version") ?? ""
        // "+1" and "01" name nothing, as no other spelling of an identifier does.
        guard let number = Int64(text), "\(number)" == text else { throw IssuerError.notFound(.policyVersion, text) }
        return .json(.of(try await issuer.policyVersion(number, of: call.id(.policy), as: call.caller).write))
    }

    private static func response(_ policy: ReviewedPolicy) -> Response {
        .json(.of(policy.write), headers: [.eTag: policy.etag])
    }
}
