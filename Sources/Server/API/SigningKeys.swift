import Hummingbird
import Issuer

/// `/v1/keys`: the keys that sign tokens. Everybody with an API key may look; the issuer's operator changes them.
struct SigningKeyRoutes {
    let issuer: Issuer

    func add(to routes: RouteTable) {
        routes.get("/v1/keys", list)
        routes.post("/v1/keys/rotate", body: .optional, rotate)
        routes.post("/v1/keys/:kid/revoke", body: .optional, revoke)
    }

    private func list(_ call: Call) async throws -> Response {
        try call.refuseQuery()
        return .list(try await issuer.signingKeys(as: call.caller)) { json, key in key.write(to: &json) }
    }

    private func rotate(_ call: Call) async throws -> Response {
        try call.refuseQuery()
        let force = try call.decodeIfPresent(["force"]) { body in
            let force = body.bool("force")
            try body.findings.check()
            return force ?? false
        }
        return try await issuer.rotateSigningKey(force: force ?? false, as: call.caller, once: call.once)
            .response { .json(.of($0.write)) }
    }

    private func revoke(_ call: Call) async throws -> Response {
        try call.refuseQuery()
        _ = try call.decodeIfPresent([]) { body in try body.findings.check() }
        let kid = call.scope.parameters.get("kid") ?? ""
        return try await issuer.revokeSigningKey(kid: kid, as: call.caller, once: call.once)
            .response { .json(.of($0.write)) }
    }
}
