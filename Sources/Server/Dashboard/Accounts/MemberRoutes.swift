import HTTPTypes
import Hummingbird
import Issuer

/// `/v1/members` and `/v1/invitations`: who is in the company, and who may join.
struct MemberRoutes {
    let dashboard: Dashboard
    private var issuer: Issuer { dashboard.issuer }

    init(dashboard: Dashboard) {
        self.dashboard = dashboard
    }

    func add(to routes: RouteTable) {
        routes.get("/v1/members", list)
        routes.patch("/v1/members/:id", update)
        routes.delete("/v1/members/:id", remove)
        routes.post("/v1/members/:id/password-reset", body: .optional, makePasswordReset)
        routes.get("/v1/invitations", invitations)
        routes.post("/v1/invitations", body: .required, keeps: false, invite)
        routes.delete("/v1/invitations/:id", withdraw)
    }

    private func list(_ call: Call) async throws -> Response {
        try call.refuseQuery()
        return .list(try await issuer.members(as: call.caller)) { json, member in member.write(to: &json) }
    }

    private func update(_ call: Call) async throws -> Response {
        try call.refuseQuery()
        let role = try call.decode(["role"]) { body in
            try body.findings.all(body.choice("role", required: true, Role.self))
        }
        let id: UserID = try call.id(.member)
        try await issuer.changeRole(of: id, to: role, as: call.caller)
        return .json(
            JSONWriter.object { json in
                json.member("id", id.text)
                json.member("role", role.rawValue)
            })
    }

    private func remove(_ call: Call) async throws -> Response {
        try call.refuseQuery()
        try await issuer.removeMember(call.id(.member), as: call.caller)
        return .noContent
    }

    private func makePasswordReset(_ call: Call) async throws -> Response {
        try call.refuseQuery()
        _ = try call.decodeIfPresent([]) { body in try body.findings.check() }
        let member: UserID = try call.id(.member)
        return try await issuer.makePasswordReset(of: member, as: call.caller, once: call.once).response { made in
            .json(
                JSONWriter.object { json in
                    json.member("userId", made.userID.text)
                    json.member("url", dashboard.url(made.token.path, from: call.request))
                    json.member("expiresAt", made.expiresAt)
                }, status: .created)
        }
    }

    private func invitations(_ call: Call) async throws -> Response {
        try call.refuseQuery()
        return .list(try await issuer.invitations(as: call.caller)) { json, invitation in
            json.object { invitation.writeMembers(to: &$0) }
        }
    }

    private func invite(_ call: Call) async throws -> Response {
        try call.refuseQuery()
        let (role, note) = try call.decode(["role", "note"]) { body in
            let role = body.choice("role", required: true, Role.self)
            let note = body.text("note", Name.init)
            return (try body.findings.all(role), note)
        }
        return try await issuer.invite(as: role, note: note, by: call.caller, once: call.once).response { made in
            .json(
                JSONWriter.object { json in
                    made.invitation.writeMembers(to: &json)
                    json.member("url", dashboard.url(made.token.path, from: call.request))
                }, status: .created, headers: [.location: "/v1/invitations/\(made.invitation.id.text)"])
        }
    }

    private func withdraw(_ call: Call) async throws -> Response {
        try call.refuseQuery()
        try await issuer.withdrawInvitation(call.id(.invitation), as: call.caller)
        return .noContent
    }
}

extension Member {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", user.id.text)
            json.member("email", user.email?.text)
            json.member("label", user.label)
            json.member("role", role.rawValue)
            json.member("joinedAt", joinedAt)
            json.member("lastSeenAt", lastSeenAt)
        }
    }
}

extension Invitation {
    fileprivate func writeMembers(to json: inout JSONWriter) {
        json.member("id", id.text)
        json.member("role", role.rawValue)
        json.member("note", note?.text)
        json.member("createdBy", createdBy?.text)
        json.member("createdAt", createdAt)
        json.member("expiresAt", expiresAt)
    }
}
