import HTTPTypes
import Hummingbird
import Issuer

/// `/sign-in` and `/sign-up` where Clerk signs people in: its own component, in a page of ours.
///
/// The component's session is exchanged for one of ours, which is what every other page goes by: they load nothing from
/// elsewhere.
struct ClerkPages {
    let dashboard: Dashboard
    let settings: ClerkSettings
    let key: ClerkSettings.PublishableKey

    /// `page` in clerk.mustache.
    struct ClerkPage {
        let mode: String
        let title: String
        let publishableKey: String
        let script: String
        let next: String
        let signInURL: String
        let signUpURL: String
        let isSignedOut: Bool
    }

    /// What Clerk's component needs (https://clerk.com/docs/guides/secure/best-practices/csp-headers): its script and API,
    /// pictures of people, a worker, styles that it makes itself, Cloudflare's challenge against robots, and Clerk's own
    /// hosts against fraud, which are at other ports too.
    var policy: ContentSecurityPolicy {
        let (host, robots) = ("https://\(key.host)", "https://challenges.cloudflare.com")
        let fraud = "https://*.protect.clerk.com"
        return .strict.allowing("script-src", [host, robots, fraud])
            .allowing("connect-src", [host, "\(fraud):*"]).allowing("img-src", ["https://img.clerk.com"])
            .allowing("style-src", ["'unsafe-inline'"]).allowing("worker-src", ["'self'", "blob:"])
            .allowing("frame-src", [robots, fraud])
    }

    func add(to pages: PageTable) {
        pages.openPage("/sign-in") { visit in
            let next = visit.query("next").map { ReturnPath.checked($0) } ?? settings.afterSignInURL
            return try page(visit, "sign-in", "Sign in", next: next)
        }
        pages.openPage("/sign-up") { visit in
            try page(visit, "sign-up", "Sign up", next: settings.afterSignUpURL)
        }
        pages.openForm("/sign-in/clerk", enter)
    }

    private func page(_ visit: Visit, _ mode: String, _ title: String, next: String) throws -> Response {
        if visit.signedIn != nil { return visit.redirect(to: next) }
        let content = ClerkPage(
            mode: mode, title: title, publishableKey: key.text,
            script: "https://\(key.host)/npm/@clerk/clerk-js@5/dist/clerk.browser.js", next: next,
            signInURL: settings.signInURL, signUpURL: settings.signUpURL,
            isSignedOut: visit.query("signed-out") != nil)
        var response = try visit.page("clerk", title: title, content)
        response.headers[.contentSecurityPolicy] = policy.text
        return response
    }

    /// "token": what the component has. 204 and a session's cookie.
    private func enter(_ visit: Visit, _ form: FormFields) async throws -> Response {
        guard let clerk = dashboard.clerk else { throw Problem.noSuchRoute }
        // Each makes a session, and an entry in the audit log.
        if let wait = dashboard.signInLimits.takeProviderSignIn(from: visit.scope.client) {
            throw Problem.rateLimited("Too many sign-in attempts.", retryAfterSeconds: wait)
        }
        do {
            let identity = try await clerk.identity(
                in: try form.text("token"), clock: dashboard.clock, fromPage: true)
            let signedIn = try await dashboard.issuer.signIn(
                identity, invitation: nil,
                opensCompanies: dashboard.settings.signUp.isOpen(to: visit.request, byProvider: true),
                from: visit.visitor)
            var response = Response.noContent
            try await visit.endOldSession()
            response.begin(signedIn, at: visit.site)
            return response
        } catch let failure as ProviderFailure {
            throw Problem(failure, logger: dashboard.logger, requestID: visit.scope.requestID)
        }
    }
}
