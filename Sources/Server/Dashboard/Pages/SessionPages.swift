import Hummingbird
import Issuer

/// `/sessions`: where whoever looks is signed in; each can be ended. And their password.
struct SessionPages {
    func add(to pages: PageTable) {
        pages.page("/sessions", show)
        pages.form("/sessions/:id/end", end)
    }

    private func show(_ visit: Visit) async throws -> Response {
        let session = try visit.session
        let sessions = try await visit.issuer.sessions(as: visit.caller)
        let content = SessionsContent(
            sessions, current: session.session.id, now: visit.issuer.now, hasPassword: session.user.email != nil,
            said: visit.query("ended") != nil
                ? "The session is over." : visit.query("changed") != nil ? "Your password is changed." : nil)
        return try await visit.show("sessions", title: "Sessions", content)
    }

    private func end(_ visit: Visit, _ form: FormFields) async throws -> Response {
        try await visit.issuer.revokeSession(visit.id(.session), as: visit.caller)
        return visit.redirect(to: "/sessions?ended=1")
    }
}

/// `page` in sessions.mustache.
struct SessionsContent {
    struct Row {
        let rowID: String
        let rowAgent: String
        let rowIsThis: Bool
        let rowSince: String
        let rowSeen: String
        let rowEnds: String
    }

    let said: String?
    let rows: [Row]
    let hasPassword: Bool

    init(_ sessions: [Session], current: SessionID, now: Instant, hasPassword: Bool, said: String?) {
        self.said = said
        self.hasPassword = hasPassword
        rows = sessions.map { session in
            Row(
                rowID: session.id.text,
                rowAgent: session.userAgent.isEmpty ? "A browser without a name" : session.userAgent,
                rowIsThis: session.id == current, rowSince: TimeText.minute(session.createdAt),
                rowSeen: TimeText.relative(session.lastSeenAt, to: now), rowEnds: TimeText.day(session.expiresAt))
        }
    }
}
