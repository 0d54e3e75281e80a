import HTTPTypes
import Hummingbird
import Issuer

/// Turns a session's cookie into whoever is signed in.
struct SessionCookie: Sendable {
    let issuer: Issuer
    let sites: Sites
    let limits: RateLimits

    /// Nil where the request bears no session's cookie, or comes under a name that is not ours.
    func token(in request: Request) -> SessionToken? {
        guard let site = sites.site(of: request) else { return nil }
        return Cookie.session.value(in: request, at: site).flatMap(SessionToken.init)
    }

    /// Throws `unauthenticated` for a session that is over. Wrong ones count against the network they come from, as
    /// wrong API keys do. `isUse`: a person asks, not their open page by itself.
    func signedIn(_ token: SessionToken, _ scope: RequestScope, isUse: Bool = true) async throws -> SignedIn {
        // Somebody else's wrong ones, from behind the same address, keep nobody out who is in.
        if !limits.mayTry(scope.client), !issuer.knows(session: token) {
            throw Problem.rateLimited(
                "Too many wrong credentials from this network address.", retryAfterSeconds: 1)
        }
        do {
            var signedIn = try await issuer.authenticate(session: token, isUse: isUse)
            signedIn.requestID = scope.requestID
            return signedIn
        } catch IssuerError.unauthenticated {
            limits.noteRefusal(scope.client)
            throw IssuerError.unauthenticated
        }
    }

    /// For /v1: what a session may do there, a page of another site must not have it do.
    ///
    /// Only reading needs no token: nobody else can read what it gives.
    func checkCall(_ request: Request, _ signedIn: SignedIn) throws {
        guard let site = sites.site(of: request), SameOrigin.isPossible(request, at: site) else {
            throw Problem.crossSite
        }
        if request.method == .get || request.method == .head { return }
        guard let token = request.headers[.csrfToken] else { throw Problem.csrfTokenMissing }
        guard signedIn.token.isCSRFToken(token, in: signedIn.principal.environment) else { throw Problem.staleForm }
    }
}

extension Problem {
    fileprivate static let csrfTokenMissing = Problem(
        .csrfTokenMissing,
        "A session's request that changes something needs the header field X-CSRF-Token; pages have it in "
            + "<meta name=\"csrf-token\">, and GET /v1/session returns it. Programs use an API key, which needs none.")
}

extension Response {
    /// Signs the browser in: a new token each time, so none that was there before is worth anything.
    mutating func begin(_ signedIn: SignedIn, at site: Site) {
        let seconds = (signedIn.session.expiresAt.milliseconds - signedIn.session.createdAt.milliseconds) / 1000
        Cookie.session.set(signedIn.token.text, seconds: seconds, at: site, on: &self)
    }
}
