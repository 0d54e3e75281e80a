import HTTPTypes
import Hummingbird
import Issuer

/// Holds each API key, and all keys of a company together, to so many requests a second. It comes after the key is
/// known, and before a byte of the body is read.
struct RateLimiting: RouterMiddleware {
    let limits: RateLimits

    func handle(
        _ request: Request, context: RequestScope, next: (Request, RequestScope) async throws -> Response
    ) async throws -> Response {
        if let caller = context.caller, let standing = limits.take(caller) {
            context.notes.rateStanding = standing
            if let wait = standing.wait {
                let whose = standing.key?.wait != nil ? "This API key" : "The API keys of this company"
                let rate = (standing.key?.wait != nil ? limits.key : limits.company)?.perSecond ?? 0
                throw Problem.rateLimited(
                    "\(whose) may send \(rate) requests a second, and \(Rate.burstSeconds * rate) at once after a pause.",
                    retryAfterSeconds: max(1, wait.secondsRoundedUp))
            }
        }
        return try await next(request, context)
    }
}

/// Says on every answer, refusals too, how the limits of its request stand.
struct RateLimitFields: EnvelopeStep {
    func close(_ request: Request, _ response: inout Response, _ scope: RequestScope) {
        scope.notes.rateStanding?.write(to: &response.headers)
    }
}
