import Hummingbird
import Issuer

/// `/v1/session` and `/v1/sessions`: who is signed in here, and where else.
struct SessionRoutes {
    let dashboard: Dashboard

    func add(to routes: RouteTable) {
        routes.get("/v1/session") { call in
            try call.refuseQuery()
            return .json(.of(try call.session.write))
        }
        routes.get("/v1/sessions") { call in
            try call.refuseQuery()
            let current = try call.session.session.id
            return .list(try await dashboard.issuer.sessions(as: call.caller)) { json, session in
                session.write(to: &json, isCurrent: session.id == current)
            }
        }
        routes.delete("/v1/sessions/:id") { call in
            try call.refuseQuery()
            try await dashboard.issuer.revokeSession(call.id(.session), as: call.caller)
            return .noContent
        }
    }
}

extension Session {
    fileprivate func write(to json: inout JSONWriter, isCurrent: Bool) {
        json.object { json in
            json.member("id", id.text)
            json.member("userAgent", userAgent)
            json.member("environment", environment.rawValue)
            json.member("createdAt", createdAt)
            json.member("lastSeenAt", lastSeenAt)
            json.member("expiresAt", expiresAt)
            json.member("isCurrent", isCurrent)
        }
    }
}
