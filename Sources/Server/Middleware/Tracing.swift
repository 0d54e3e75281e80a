import HTTPTypes
import Hummingbird

/// Finds each request's place in its trace, or begins one, and says it on the answer.
struct Tracing: RouterMiddleware {
    /// Gives 64 random bits at a call.
    let random: @Sendable () -> UInt64

    func handle(
        _ request: Request, context: RequestScope, next: (Request, RequestScope) async throws -> Response
    ) async throws -> Response {
        var scope = context
        let trace = TraceContext(request.headers, random: random)
        scope.trace = trace
        var response = try await next(request, scope)
        response.headers[.traceparent] = trace.parent
        if let state = trace.state { response.headers[.tracestate] = state }
        return response
    }
}
