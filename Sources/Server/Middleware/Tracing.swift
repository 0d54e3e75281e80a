import HTTPTypes
import Hummingbird

/// Finds each request's place in its trace, or begins one, and says it on the answer.
struct Tracing: EnvelopeStep {
    /// Gives 64 random bits at a call.
    let random: @Sendable () -> UInt64

    func open(_ request: Request, _ scope: inout RequestScope) {
        scope.trace = TraceContext(request.headers, random: random)
    }

    func close(_ request: Request, _ response: inout Response, _ scope: RequestScope) {
        guard let trace = scope.trace else { return }
        response.headers[.traceparent] = trace.parent
        if let state = trace.state { response.headers[.tracestate] = state }
    }
}
