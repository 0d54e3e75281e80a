import Hummingbird
import Issuer

/// `/members`: who is in the company, and who may join.
struct MemberPages {
    func add(to pages: PageTable) {
        pages.page("/members") { visit in try await show(visit) }
        pages.form("/members/invite", invite)
        pages.form("/members/:id/role", changeRole)
        pages.form("/members/:id/remove", remove)
        pages.form("/invitations/:id/withdraw", withdraw)
    }

    private func show(_ visit: Visit, link: String? = nil, problem: String? = nil) async throws -> Response {
        let session = try visit.session
        let isOwner = session.role == .owner
        let content = MembersContent(
            members: try await visit.issuer.members(as: visit.caller),
            invitations: isOwner ? try await visit.issuer.invitations(as: visit.caller) : [], me: session.user.id,
            now: visit.issuer.now, link: link, problem: problem,
            said: visit.query("saved") == nil ? nil : "Saved. It holds from the next request on.")
        var response = try await visit.show(
            "members", title: "Members", content, status: problem == nil ? .ok : .unprocessableContent)
        response.headers[.cacheControl] = "no-store"
        return response
    }

    private func invite(_ visit: Visit, _ form: FormFields) async throws -> Response {
        guard let role = Role(rawValue: try form.text("role")) else {
            throw IssuerError.invalid(field: "role", .notOneOf(Role.allCases.map(\.rawValue)))
        }
        let text = try form.optional("note")
        let note: Name?
        do throws(InvalidValue) {
            note = try text.map { (text) throws(InvalidValue) in try Name(text) }
        } catch {
            return try await show(visit, problem: "“For whom” \(error.message).")
        }
        let made = try await visit.issuer.invite(as: role, note: note, by: visit.caller)
        return try await show(visit, link: visit.dashboard.link(to: made.token, from: visit.request))
    }

    private func changeRole(_ visit: Visit, _ form: FormFields) async throws -> Response {
        guard let role = Role(rawValue: try form.text("role")) else {
            throw IssuerError.invalid(field: "role", .notOneOf(Role.allCases.map(\.rawValue)))
        }
        try await visit.issuer.changeRole(of: visit.id(.member), to: role, as: visit.caller)
        return visit.redirect(to: "/members?saved=1")
    }

    private func remove(_ visit: Visit, _ form: FormFields) async throws -> Response {
        try await visit.issuer.removeMember(visit.id(.member), as: visit.caller)
        return visit.redirect(to: "/members?saved=1")
    }

    private func withdraw(_ visit: Visit, _ form: FormFields) async throws -> Response {
        try await visit.issuer.withdrawInvitation(visit.id(.invitation), as: visit.caller)
        return visit.redirect(to: "/members?saved=1")
    }
}

extension Role {
    var sentence: String {
        switch self {
        case .viewer: "Viewer: looks at everything"
        case .approver: "Approver: decides on what waits, too"
        case .admin: "Admin: manages agents, policies and keys, too"
        case .owner: "Owner: says who the members are, too"
        }
    }
}

/// `page` in members.mustache.
struct MembersContent {
    struct Row {
        let rowID: String
        let rowLabel: String
        let rowIsMe: Bool
        let rowRole: String
        let rowRoles: [Choice]
        let rowSince: String
        let rowSeen: String
    }

    struct Invited {
        let invitedID: String
        let invitedRole: String
        let invitedNote: String
        let invitedUntil: String
    }

    let said: String?
    let problem: String?
    let link: String?
    let rows: [Row]
    let hasInvited: Bool
    let invited: [Invited]
    let roles: [Choice]

    init(
        members: [Member], invitations: [Invitation], me: UserID, now: Instant, link: String?, problem: String?,
        said: String?
    ) {
        (self.said, self.problem, self.link) = (said, problem, link)
        rows = members.map { member in
            Row(
                rowID: member.user.id.text, rowLabel: member.user.label, rowIsMe: member.user.id == me,
                rowRole: member.role.rawValue.prefix(1).uppercased() + member.role.rawValue.dropFirst(),
                rowRoles: Choice.all(member.role, \.sentence), rowSince: TimeText.day(member.joinedAt),
                rowSeen: member.lastSeenAt.map { TimeText.relative($0, to: now) } ?? "never")
        }
        invited = invitations.map { invitation in
            Invited(
                invitedID: invitation.id.text, invitedRole: invitation.role.rawValue,
                invitedNote: invitation.note?.text ?? "Somebody", invitedUntil: TimeText.minute(invitation.expiresAt))
        }
        hasInvited = !invited.isEmpty
        roles = Choice.all(Role.viewer, \.sentence)
    }
}
