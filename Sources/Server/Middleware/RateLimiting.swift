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
        if let caller = context.caller { try await context.take(caller, of: limits) }
        return try await next(request, context)
    }
}

extension RequestScope {
    /// Counts the request as one of that principal's. Throws where there have been too many.
    func take(_ principal: Principal, of limits: RateLimits) async throws {
        guard let standing = await limits.count(principal) else { return }
        notes.rateStanding = standing
        guard let wait = standing.wait else { return }
        let isOne = standing.key?.wait != nil
        let isPerson = principal.credential.userID != nil
        let whose =
            isOne ? (isPerson ? "This session" : "This API key") : "The API keys and sessions of this company"
        let rate = (isOne ? limits.key : limits.company)?.perSecond ?? 0
        throw Problem.rateLimited(
            "\(whose) may send \(rate) requests a second, and \(Rate.burstSeconds * rate) at once after a pause.",
            retryAfterSeconds: max(1, wait.secondsRoundedUp))
    }
}

/// Says on every answer, refusals too, how the limits of its request stand.
struct RateLimitFields: EnvelopeStep {
    func close(_ request: Request, _ response: inout Response, _ scope: RequestScope) {
        scope.notes.rateStanding?.write(to: &response.headers)
    }
}
