import Hummingbird
import Issuer

/// `/members`: who is in the company, and who may join.
struct MemberPages {
    func add(to pages: PageTable) {
        pages.page("/members") { visit in try await show(visit) }
        pages.form("/members/invite", invite)
        pages.form("/members/:id/role", changeRole)
        pages.form("/members/:id/remove", remove)
        pages.form("/members/:id/password-reset", makePasswordReset)
        pages.form("/invitations/:id/withdraw", withdraw)
    }

    private func show(
        _ visit: Visit, link: MembersContent.Link? = nil, problem: String? = nil
    ) async throws -> Response {
        let session = try visit.session
        let isOwner = session.role == .owner
        let content = MembersContent(
            members: try await visit.issuer.members(as: visit.caller),
            invitations: isOwner ? try await visit.issuer.invitations(as: visit.caller) : [], me: session,
            once: visit.attempt, now: visit.issuer.now, link: link, problem: problem,
            said: visit.query("saved") == nil ? nil : "Saved. The change applies from the next request on.")
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
            return try await show(visit, problem: "“For” \(error.message).")
        }
        let once = try visit.once(form, [role.rawValue, note?.text ?? ""])
        let made = try await visit.issuer.invite(as: role, note: note, by: visit.caller, once: once).value
        let url = visit.dashboard.url(made.token.path, from: visit.request)
        return try await show(visit, link: .init(title: "Invitation link", text: MembersContent.joinText, url: url))
    }

    private func makePasswordReset(_ visit: Visit, _ form: FormFields) async throws -> Response {
        let id: UserID = try visit.id(.member)
        let made = try await visit.issuer.makePasswordReset(of: id, as: visit.caller, once: visit.once(form, [])).value
        let url = visit.dashboard.url(made.token.path, from: visit.request)
        return try await show(
            visit, link: .init(title: "Password reset link", text: MembersContent.resetText, url: url))
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
        case .viewer: "Viewer: can see everything"
        case .approver: "Approver: can also approve spends"
        case .admin: "Admin: can also manage agents, policies and keys"
        case .owner: "Owner: can also manage members"
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
        /// Whoever looks may make them a link for a new password.
        let rowMayReset: Bool
        let rowMayChange: Bool
    }

    struct Link {
        let title: String
        let text: String
        let url: String
    }

    static let joinText =
        "Send it to the person you are inviting. It is shown only this once, works once, and expires in a week."
    static let resetText =
        "Give it only to that member: whoever opens it can set their password. It is shown only this once, works once, and "
        + "expires in a day. Using it ends all their sessions; until then their password does not change. Earlier links no "
        + "longer work."

    struct Invited {
        let invitedID: String
        let invitedRole: String
        let invitedNote: String
        let invitedUntil: String
    }

    let said: String?
    let problem: String?
    let link: Link?
    let once: String
    let hasActions: Bool
    let rows: [Row]
    let hasInvited: Bool
    let invited: [Invited]
    let roles: [Choice]

    init(
        members: [Member], invitations: [Invitation], me: SignedIn, once: String, now: Instant, link: Link?,
        problem: String?, said: String?
    ) {
        (self.said, self.problem, self.link, self.once) = (said, problem, link, once)
        rows = members.map { member in
            Row(
                rowID: member.user.id.text, rowLabel: member.user.label, rowIsMe: member.user.id == me.user.id,
                rowRole: member.role.rawValue.prefix(1).uppercased() + member.role.rawValue.dropFirst(),
                rowRoles: Choice.all(member.role, \.sentence), rowSince: TimeText.day(member.joinedAt),
                rowSeen: member.lastSeenAt.map { TimeText.relative($0, to: now) } ?? "never",
                rowMayReset: member.user.email != nil && member.user.id != me.user.id && me.role.mayReset(member.role),
                rowMayChange: me.role == .owner)
        }
        hasActions = rows.contains { $0.rowMayReset || $0.rowMayChange }
        invited = invitations.map { invitation in
            Invited(
                invitedID: invitation.id.text, invitedRole: invitation.role.rawValue,
                invitedNote: invitation.note?.text ?? "Anyone", invitedUntil: TimeText.minute(invitation.expiresAt))
        }
        hasInvited = !invited.isEmpty
        roles = Choice.all(Role.viewer, \.sentence)
    }
}
