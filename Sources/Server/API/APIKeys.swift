import HTTPTypes
import Hummingbird
import Issuer

/// `/v1/api-keys`: with what programs call the API.
struct APIKeyRoutes {
    let issuer: Issuer

    func add(to routes: RouteTable) {
        routes.post("/v1/api-keys", body: .required, create)
        routes.get("/v1/api-keys", list)
        routes.delete("/v1/api-keys/:id", revoke)
    }

    private func create(_ call: Call) async throws -> Response {
        try call.refuseQuery()
        let draft = try call.decode(APIKeyDraft.names, APIKeyDraft.init)
        return try await issuer.createAPIKey(draft, as: call.caller, once: call.once).response { made in
            .json(
                .of { made.key.write(to: &$0, secret: made.secret) }, status: .created,
                headers: [.location: "/v1/api-keys/\(made.key.id.text)"])
        }
    }

    private func list(_ call: Call) async throws -> Response {
        .list(try await issuer.apiKeys(page: call.page(), as: call.caller)) { json, key in key.write(to: &json) }
    }

    private func revoke(_ call: Call) async throws -> Response {
        try call.refuseQuery()
        try await issuer.revokeAPIKey(call.id(.apiKey), as: call.caller)
        return .noContent
    }
}
