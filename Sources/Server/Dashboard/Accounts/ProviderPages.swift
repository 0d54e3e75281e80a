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
            return visit.redirect(
                to: invitation?.path ?? "/sign-in?next=" + PercentEncoding.encoded(ReturnPath.checked(next)))
        }
        if let wait = dashboard.signInLimits.takeProviderSignIn(from: visit.scope.client) {
            throw Problem.rateLimited("Too many sign-in attempts.", retryAfterSeconds: wait)
        }
        do {
            let begun = try await begin(visit, provider, next: ReturnPath.checked(next), .signIn(invitation))
            var response = visit.redirect(to: begun.url)
            begun.bind(&response)
            return response
        } catch let failure as ProviderFailure {
            return try refusal(visit, failure)
        }
    }

    /// Where to send the browser, and how to know it again when it comes back.
    struct Begun {
        let url: String
        let bind: (inout Response) -> Void
    }

    func begin(
        _ visit: Visit, _ provider: OIDCProvider, next: String, _ purpose: OIDCFlow.Purpose
    ) async throws -> Begun {
        let begun = try await provider.begin(
            redirectURL: visit.site.origin + "/oidc/callback", next: next, purpose: purpose)
        return Begun(url: begun.url) { response in
            Self.cookie.set(begun.binding, seconds: OIDCFlow.seconds, at: visit.site, on: &response)
        }
    }

    private func comeBack(_ visit: Visit, _ provider: OIDCProvider) async throws -> Response {
        do {
            let flow = try await provider.flow(
                state: visit.query("state"), iss: visit.query("iss"),
                binding: Self.cookie.value(in: visit.request, at: visit.site))
            switch flow.purpose {
            case .signIn(nil):
                return try await enter(visit, try await identity(visit, provider, flow), next: flow.next)
            case .signIn(let invitation?):
                let identity = try await identity(visit, provider, flow)
                return try await ask(
                    visit, provider, OIDCJoin(identity: identity, invitation: invitation, next: flow.next))
            case .link(let session):
                var response = try await link(visit, provider, flow, in: session)
                Self.cookie.clear(at: visit.site, on: &response)
                return response
            }
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
        var response = try await visit.enter(signedIn, to: next)
        Self.cookie.clear(at: visit.site, on: &response)
        return response
    }

    private func identity(
        _ visit: Visit, _ provider: OIDCProvider, _ flow: OIDCFlow
    ) async throws -> ProviderIdentity {
        guard let code = visit.query("code"), code.utf8.count <= 4096 else {
            throw ProviderFailure.token("the provider signed nobody in")
        }
        return try await provider.identity(code: code, flow)
    }

    /// To the account of whoever said their password in that session, and in no other.
    private func link(
        _ visit: Visit, _ provider: OIDCProvider, _ flow: OIDCFlow, in session: SessionID
    ) async throws -> Response {
        let signedIn = try visit.session
        guard signedIn.session.id == session else { throw IssuerError.unauthenticated }
        do {
            try await dashboard.issuer.link(try await identity(visit, provider, flow), to: signedIn)
            return visit.redirect(to: flow.next)
        } catch let failure as ProviderFailure {
            let problem = Problem(failure, logger: dashboard.logger, requestID: visit.scope.requestID)
            return try await SessionPages().show(visit, problem)
        } catch IssuerError.account(let refusal) {
            return try await SessionPages().show(visit, Problem(IssuerError.account(refusal)))
        }
    }

    private func refusal(_ visit: Visit, _ failure: ProviderFailure) throws -> Response {
        let problem = Problem(failure, logger: dashboard.logger, requestID: visit.scope.requestID)
        return try SignInPages(dashboard: dashboard).refusal(visit, problem)
    }
}
