import HTTPTypes
import Hummingbird
import Issuer

/// `/v1/agents`: the programs that spend.
struct AgentRoutes {
    let issuer: Issuer

    func add(to routes: RouteTable) {
        routes.post("/v1/agents", body: .required, create)
        routes.get("/v1/agents", list)
        routes.get("/v1/agents/:id", get)
        routes.patch("/v1/agents/:id", update)
        routes.delete("/v1/agents/:id", delete)
        routes.get("/v1/agents/:id/policies", policies)
    }

    private func create(_ call: Call) async throws -> Response {
        try call.refuseQuery()
        let draft = try call.decode(AgentDraft.names, AgentDraft.init)
        return try await issuer.createAgent(draft, as: call.caller, once: call.once).response { agent in
            .json(.of(agent.write), status: .created, headers: [.location: "/v1/agents/\(agent.id.text)"])
        }
    }

    private func list(_ call: Call) async throws -> Response {
        .list(try await issuer.agents(page: call.page(), as: call.caller)) { json, agent in agent.write(to: &json) }
    }

    private func get(_ call: Call) async throws -> Response {
        try call.refuseQuery()
        return .json(.of(try await issuer.agent(call.id(.agent), as: call.caller).write))
    }

    private func update(_ call: Call) async throws -> Response {
        try call.refuseQuery()
        let change = try call.decode(AgentChange.names, AgentChange.init)
        return .json(.of(try await issuer.updateAgent(call.id(.agent), change, as: call.caller).write))
    }

    private func delete(_ call: Call) async throws -> Response {
        try call.refuseQuery()
        try await issuer.deleteAgent(call.id(.agent), as: call.caller)
        return .noContent
    }

    private func policies(_ call: Call) async throws -> Response {
        .list(try await issuer.policies(applyingTo: call.id(.agent), page: call.page(), as: call.caller)) {
            json, policy in policy.write(to: &json)
        }
    }
}
