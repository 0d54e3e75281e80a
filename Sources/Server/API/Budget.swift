import Hummingbird
import Issuer

/// `/v1/budget`: how every limit that counts an agent's spends stands.
struct BudgetRoutes {
    let issuer: Issuer

    func add(to routes: RouteTable) {
        routes.get("/v1/budget/:id", get)
    }

    private func get(_ call: Call) async throws -> Response {
        try call.refuseQuery()
        return .json(.of(try await issuer.budget(of: call.id(.agent), as: call.caller).write))
    }
}
