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
        do {
            let begun = try await provider.begin(
                redirectURL: visit.site.origin + "/oidc/callback", next: ReturnPath.checked(visit.query("next")),
                invitation: visit.query("invitation").flatMap(InvitationToken.init))
            var response = visit.redirect(to: begun.url)
            Self.cookie.set(begun.binding, seconds: OIDCFlows.seconds, at: visit.site, on: &response)
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
            let signedIn = try await dashboard.issuer.signIn(
                identity, invitation: flow.invitation, opensCompanies: dashboard.settings.isSignUpOpen,
                from: visit.visitor)
            var response = visit.redirect(to: flow.next)
            try await visit.endOldSession()
            response.begin(signedIn, at: visit.site)
            Self.cookie.clear(at: visit.site, on: &response)
            return response
        } catch let failure as ProviderFailure {
            return try refusal(visit, failure)
        }
    }

    private func refusal(_ visit: Visit, _ failure: ProviderFailure) throws -> Response {
        let problem = Problem(failure, logger: dashboard.logger, requestID: visit.scope.requestID)
        return try SignInPages(dashboard: dashboard).refusal(visit, problem)
    }
}
