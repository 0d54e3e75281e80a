import HTTPTypes
import Hummingbird
import Issuer

/// Lets through who bears a valid API key, and says who it is. It comes before a byte of the body is read.
struct Authentication: RouterMiddleware {
    let issuer: Issuer

    func handle(
        _ request: Request, context: RequestScope, next: (Request, RequestScope) async throws -> Response
    ) async throws -> Response {
        guard let key = request.headers[.apiKey], !key.isEmpty else {
            throw Problem.unauthenticated("The request bears no API key. Send one in the header field X-API-Key.")
        }
        var scope = context
        scope.caller = try await issuer.authenticate(apiKey: key)
        return try await next(request, scope)
    }
}
