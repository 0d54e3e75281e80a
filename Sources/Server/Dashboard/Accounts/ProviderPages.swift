import HTTPTypes
import Hummingbird
import Issuer

/// `/oidc/…`: away to the identity provider, and back.
struct ProviderPages {
    private static let cookie = Cookie(name: "paitify_oidc")

    let dashboard: Dashboard

    func add(to pages: PageTable) {
        guard let provider = dashboard.oidc else { return }
        // A GET: a form's post could not be answered with a redirect to elsewhere under the policy's form-action.
        pages.openPage("/oidc/sign-in") { visit in
            try await leave(visit, provider)
        }
        pages.openPage("/oidc/callback") { visit in
            try await comeBack(visit, provider)
        }
        pages.openForm("/oidc/join") { visit, form in
            try await join(visit, provider, form)
        }
    }

    /// `page` in join-provider.mustache.
    struct JoinPage {
        let companyName: String
        let role: String
        /// Who the provider says that it is.
        let label: String
        let signedInAs: String?
        let ticket: String
    }

    /// Only from a page of ours: from anywhere else a link would sign somebody in whom nobody has asked. They see the page
    /// with the link instead.
    private func leave(_ visit: Visit, _ provider: OIDCProvider) async throws -> Response {
        let (next, invitation) = (visit.query("next"), visit.query("invitation").flatMap(InvitationToken.init))
        guard SameOrigin.isPossible(visit.request, at: visit.site) else {
            let page = invitation.map { "/join?token=\($0.text)" }
            return visit.redirect(to: page ?? "/sign-in?next=" + PercentEncoding.encoded(ReturnPath.checked(next)))
        }
        if let wait = dashboard.signInLimits.takeProviderSignIn(from: visit.scope.client) {
            throw Problem.rateLimited("Too many sign-ins were tried.", retryAfterSeconds: wait)
        }
        do {
            let begun = try await provider.begin(
                redirectURL: visit.site.origin + "/oidc/callback", next: ReturnPath.checked(next),
                invitation: invitation)
            var response = visit.redirect(to: begun.url)
            Self.cookie.set(begun.binding, seconds: OIDCFlow.seconds, at: visit.site, on: &response)
            return response
        } catch let failure as ProviderFailure {
            return try refusal(visit, failure)
        }
    }

    private func comeBack(_ visit: Visit, _ provider: OIDCProvider) async throws -> Response {
        do {
            let flow = try await provider.flow(
                state: visit.query("state"), iss: visit.query("iss"),
                binding: Self.cookie.value(in: visit.request, at: visit.site))
            guard let code = visit.query("code"), code.utf8.count <= 4096 else {
                throw ProviderFailure.token("the provider signed nobody in")
            }
            let identity = try await provider.identity(code: code, flow)
            guard let invitation = flow.invitation else {
                return try await enter(visit, identity, next: flow.next)
            }
            return try await ask(
                visit, provider, OIDCJoin(identity: identity, invitation: invitation, next: flow.next))
        } catch let failure as ProviderFailure {
            return try refusal(visit, failure)
        }
    }

    /// Nobody joins by following a link: the provider may have had them signed in, and asked nothing.
    private func ask(_ visit: Visit, _ provider: OIDCProvider, _ join: OIDCJoin) async throws -> Response {
        let preview = try await dashboard.issuer.invitation(join.invitation)
        let (ticket, binding) = try provider.keep(join)
        let content = JoinPage(
            companyName: preview.companyName.text, role: preview.role.rawValue, label: join.identity.label,
            signedInAs: visit.signedIn?.user.label, ticket: ticket)
        var response = try visit.page("join-provider", title: "Join", content)
        Self.cookie.set(binding, seconds: OIDCFlow.seconds, at: visit.site, on: &response)
        return response
    }

    private func join(_ visit: Visit, _ provider: OIDCProvider, _ form: FormFields) async throws -> Response {
        let binding = Self.cookie.value(in: visit.request, at: visit.site)
        guard let join = provider.join(try form.text("ticket"), binding: binding) else { throw Problem.staleForm }
        return try await enter(visit, join.identity, invitation: join.invitation, next: join.next)
    }

    private func enter(
        _ visit: Visit, _ identity: ProviderIdentity, invitation: InvitationToken? = nil, next: String
    ) async throws -> Response {
        let signedIn = try await dashboard.issuer.signIn(
            identity, invitation: invitation,
            opensCompanies: dashboard.settings.signUp.isOpen(to: visit.request, byProvider: true), from: visit.visitor)
        var response = visit.redirect(to: next)
        try await visit.endOldSession()
        response.begin(signedIn, at: visit.site)
        Self.cookie.clear(at: visit.site, on: &response)
        return response
    }

    private func refusal(_ visit: Visit, _ failure: ProviderFailure) throws -> Response {
        let problem = Problem(failure, logger: dashboard.logger, requestID: visit.scope.requestID)
        return try SignInPages(dashboard: dashboard).refusal(visit, problem)
    }
}
