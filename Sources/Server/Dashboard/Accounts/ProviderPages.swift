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
    }

    private func leave(_ visit: Visit, _ provider: OIDCProvider) async throws -> Response {
        if let wait = dashboard.signInLimits.takeProviderSignIn(from: visit.scope.client) {
            throw Problem.rateLimited("Too many sign-ins were tried.", retryAfterSeconds: wait)
        }
        // Whoever follows a link of another site must not join what it names: they see who invites them first.
        let invitation = visit.query("invitation").flatMap(InvitationToken.init)
        guard SameOrigin.isPossible(visit.request, at: visit.site) else {
            return visit.redirect(to: invitation?.path ?? "/sign-in")
        }
        do {
            let begun = try await begin(
                visit, provider, next: ReturnPath.checked(visit.query("next")),
                .signIn(invitation))
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
            Self.cookie.set(begun.binding, seconds: OIDCFlows.seconds, at: visit.site, on: &response)
        }
    }

    private func comeBack(_ visit: Visit, _ provider: OIDCProvider) async throws -> Response {
        do {
            let flow = try await provider.flow(
                state: visit.query("state"), iss: visit.query("iss"),
                binding: Self.cookie.value(in: visit.request, at: visit.site))
            var response: Response
            switch flow.purpose {
            case .signIn(let invitation):
                let signedIn = try await dashboard.issuer.signIn(
                    try await identity(visit, provider, flow), invitation: invitation,
                    opensCompanies: visit.isSignUpOpen, from: visit.visitor)
                response = try await visit.enter(signedIn, to: flow.next)
            case .link(let session):
                response = try await link(visit, provider, flow, in: session)
            }
            Self.cookie.clear(at: visit.site, on: &response)
            return response
        } catch let failure as ProviderFailure {
            return try refusal(visit, failure)
        }
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
