import HTTPTypes
import Hummingbird
import Issuer

/// Lets through who bears a valid API key or an identity provider's token, or is signed in, and says who it is. It comes
/// before a byte of the body is read.
struct Authentication: RouterMiddleware {
    let issuer: Issuer
    let bearers: BearerTokens
    let sessions: SessionCookie
    let limits: RateLimits
    let metrics: Metrics

    func handle(
        _ request: Request, context: RequestScope, next: (Request, RequestScope) async throws -> Response
    ) async throws -> Response {
        let start = metrics.uptime()
        var scope = context
        if let key = request.headers.text(.apiKey), !key.isEmpty {
            scope.caller = try await caller(key, from: context.client)
        } else if let token = request.bearerToken {
            scope.caller = try await bearers.principal(token, request, context)
        } else if let token = sessions.token(in: request) {
            let signedIn = try await session(token, context)
            try sessions.checkCall(request, signedIn)
            scope.signedIn = signedIn
            scope.caller = signedIn.principal
        } else {
            throw Problem.unauthenticated("The request has no API key. Send one in the header field X-API-Key.")
        }
        metrics.http.spent(metrics.uptime() - start, in: .authenticate)
        return try await next(request, scope)
    }

    private func session(_ token: SessionToken, _ scope: RequestScope) async throws -> SignedIn {
        do {
            return try await sessions.signedIn(token, scope)
        } catch IssuerError.unauthenticated {
            throw Problem.unauthenticated("The session has ended: signed out, revoked or expired. Sign in again.")
        }
    }

    /// Whose key it is. After too many wrong keys from one place, only keys that are known already pass from there: so
    /// whoever tries keys out, or hammers with a revoked one, makes no work, and keeps nobody out who is in.
    private func caller(_ key: String, from client: ClientNetwork?) async throws -> Principal {
        guard limits.mayTry(client) else {
            if let known = try issuer.remembered(apiKey: key) { return known }
            throw Problem.rateLimited("Too many wrong API keys from this network address.", retryAfterSeconds: 1)
        }
        do {
            return try await issuer.authenticate(apiKey: key)
        } catch IssuerError.unauthenticated {
            limits.noteRefusal(client)
            throw IssuerError.unauthenticated
        }
    }
}
