import Hummingbird
import Logging

/// One line a request, at `debug` for what went well. It names no header and no query: keys can be in either.
struct RequestLog: RouterMiddleware {
    let logger: Logger

    func handle(
        _ request: Request, context: RequestScope, next: (Request, RequestScope) async throws -> Response
    ) async throws -> Response {
        guard logger.logLevel <= .info else { return try await next(request, context) }
        let start = ContinuousClock.now
        let response = try await next(request, context)
        let microseconds = (ContinuousClock.now - start) / .microseconds(1)
        logger.log(
            level: response.status.kind == .serverError ? .info : .debug, "request",
            metadata: [
                "requestId": "\(context.requestID)",
                "method": "\(request.method.rawValue)",
                "path": "\(request.uri.path.prefix(200))",
                "status": "\(response.status.code)",
                "microseconds": "\(Int(microseconds))",
            ])
        return response
    }
}
