import HTTPTypes
import Hummingbird
import Issuer

/// `/sessions`: one's own account. Where whoever looks is signed in, each of which can be ended; their password; and the
/// identity provider that signs them in, too. What is wrong with a form stands on the page.
struct SessionPages {
    func add(to pages: PageTable) {
        pages.page("/sessions") { visit in try await show(visit) }
        pages.form("/sessions/:id/end", end)
        pages.form("/account/password", changePassword)
        pages.form("/account/provider/link", link)
        pages.form("/account/provider/unlink", unlink)
    }

    /// `goOn`: where to link the account, once the password was said.
    func show(_ visit: Visit, _ problem: Problem? = nil, goOn: String? = nil) async throws -> Response {
        let session = try visit.session
        let sessions = try await visit.issuer.sessions(as: visit.caller)
        var content = SessionsContent(
            sessions, current: session.session.id, now: visit.issuer.now, hasPassword: session.user.email != nil,
            said: Self.said(visit), problem: problem?.detail)
        if let settings = visit.dashboard.oidc?.settings {
            let linked = try await visit.issuer.providers(of: session).contains(settings.issuer)
            content.provider = .init(
                providerName: settings.name, providerIsLinked: linked, providerGoOn: linked ? nil : goOn)
        }
        var response = try await visit.show(
            "sessions", title: "Your account", content, status: problem?.status ?? .ok)
        response.headers[.retryAfter] = problem?.headers[.retryAfter]
        return response
    }

    private static func said(_ visit: Visit) -> String? {
        for (name, sentence) in [
            ("ended", "The session has ended."), ("changed", "Your password has been changed."),
            ("linked", "Linked: the provider can now sign you in, too."), ("unlinked", "No longer linked."),
        ] where visit.query(name) != nil { return sentence }
        return nil
    }

    private func end(_ visit: Visit, _ form: FormFields) async throws -> Response {
        try await visit.issuer.revokeSession(visit.id(.session), as: visit.caller)
        return visit.redirect(to: "/sessions?ended=1")
    }

    /// "current" and "password". Every other session of theirs ends; this one gets a new token.
    private func changePassword(_ visit: Visit, _ form: FormFields) async throws -> Response {
        try await withPassword(visit, form) { session, current in
            let new = try AccountFields.password(form)
            let next = try await visit.issuer.changePassword(
                from: current, to: new, session, visitor: visit.visitor)
            var response = visit.redirect(to: ReturnPath.checked(try form.optional("next")))
            response.begin(next, at: visit.site)
            return response
        }
    }

    /// "current". The page that answers has the way to the provider: a form could not be answered with a redirect to
    /// elsewhere under the policy's form-action, and the way is there for whoever has said the password alone.
    private func link(_ visit: Visit, _ form: FormFields) async throws -> Response {
        guard let provider = visit.dashboard.oidc else { throw Problem.noSuchRoute }
        return try await withPassword(visit, form) { session, current in
            try await visit.issuer.confirm(current, of: session)
            let begun: ProviderPages.Begun
            do {
                begun = try await ProviderPages(dashboard: visit.dashboard).begin(
                    visit, provider, next: "/sessions?linked=1", .link(session.session.id))
            } catch let failure as ProviderFailure {
                throw Problem(failure, logger: visit.dashboard.logger, requestID: visit.scope.requestID)
            }
            var response = try await show(visit, goOn: begun.url)
            begun.bind(&response)
            return response
        }
    }

    private func unlink(_ visit: Visit, _ form: FormFields) async throws -> Response {
        guard let provider = visit.dashboard.oidc else { throw Problem.noSuchRoute }
        return try await withPassword(visit, form) { session, current in
            try await visit.issuer.unlink(provider.settings.issuer, from: session, current)
            return visit.redirect(to: "/sessions?unlinked=1")
        }
    }

    /// What takes the password once more. Counted as a try to sign in; what is wrong stands on the page.
    private func withPassword(
        _ visit: Visit, _ form: FormFields, _ body: (SignedIn, Password) async throws -> Response
    ) async throws -> Response {
        let session = try visit.session
        do {
            guard let email = session.user.email else { throw IssuerError.account(.noPassword) }
            let current = try AccountFields.password(form, "current")
            return try await visit.dashboard.attempt(email, visit.scope) { try await body(session, current) }
        } catch IssuerError.unauthenticated {
            throw IssuerError.unauthenticated
        } catch {
            return try await show(visit, Problem.ofVisitor(error))
        }
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

    struct Provider {
        let providerName: String
        let providerIsLinked: Bool
        let providerGoOn: String?
    }

    let said: String?
    let problem: String?
    let rows: [Row]
    let hasPassword: Bool
    /// Nil where no identity provider is configured.
    var provider: Provider?

    init(
        _ sessions: [Session], current: SessionID, now: Instant, hasPassword: Bool, said: String?, problem: String?
    ) {
        (self.said, self.problem) = (problem == nil ? said : nil, problem)
        self.hasPassword = hasPassword
        rows = sessions.map { session in
            Row(
                rowID: session.id.text,
                rowAgent: BrowserName.text(session.userAgent),
                rowIsThis: session.id == current, rowSince: TimeText.minute(session.createdAt),
                rowSeen: TimeText.relative(session.lastSeenAt, to: now), rowEnds: TimeText.day(session.expiresAt))
        }
    }
}
