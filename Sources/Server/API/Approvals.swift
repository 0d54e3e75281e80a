import Hummingbird
import Issuer

/// `/v1/approvals`: requests that wait for a person.
struct ApprovalRoutes {
    let issuer: Issuer

    func add(to routes: RouteTable) {
        routes.get("/v1/approvals", list)
        routes.post("/v1/approvals/:id/approve", body: .optional, approve)
        routes.post("/v1/approvals/:id/deny", body: .optional, deny)
    }

    private func list(_ call: Call) async throws -> Response {
        .list(try await issuer.approvals(page: call.page(), as: call.caller)) { json, held in
            held.writeApproval(to: &json)
        }
    }

    private func approve(_ call: Call) async throws -> Response {
        let note = try note(call)
        return try await issuer.approve(call.id(.authorization), note: note, as: call.caller, once: call.once)
            .response(AuthorizeRoutes.response)
    }

    private func deny(_ call: Call) async throws -> Response {
        let note = try note(call)
        return try await issuer.denyApproval(call.id(.authorization), note: note, as: call.caller, once: call.once)
            .response(AuthorizeRoutes.response)
    }

    private func note(_ call: Call) throws -> Note? {
        try call.refuseQuery()
        let note = try call.decodeIfPresent(["note"]) { body in
            let note = body.text("note", Note.init)
            try body.findings.check()
            return note
        }
        return note ?? nil
    }
}
