import HTTPTypes
import Hummingbird
import Logging

/// Counts every request, and writes one line of each: what was asked for by its route's template, how it ended, how
/// long it took.
///
/// The line has no header field, no query, no path as it was sent and no body: API keys and tokens can be in any of
/// them.
struct RequestRecord: EnvelopeStep {
    let metrics: Metrics
    let logger: Logger

    func open(_ request: Request, _ scope: inout RequestScope) {
        scope.start = metrics.uptime()
    }

    func close(_ request: Request, _ response: inout Response, _ scope: RequestScope) {
        let nanoseconds = metrics.uptime() - scope.start
        metrics.http.answered(
            request.method, scope.route, status: response.status.code, nanoseconds: nanoseconds,
            isReplay: response.headers[.idempotentReplayed] != nil)
        write(request, scope, response.status.code, nanoseconds)
    }

    private func write(_ request: Request, _ scope: RequestScope, _ status: Int, _ nanoseconds: Int64) {
        logger.log(
            level: Self.level(of: scope.route, status: status), "request",
            metadata: [
                "requestId": "\(scope.requestID)",
                "traceId": "\(scope.trace?.traceID ?? "")",
                "method": "\(Self.name(of: request.method))",
                "route": "\(scope.route ?? "none")",
                "status": .number(status),
                "ms": .milliseconds(ofNanoseconds: nanoseconds),
            ])
    }

    /// What is asked every few seconds by machines, and went well, is worth a line to nobody.
    private static func level(of route: String?, status: Int) -> Logger.Level {
        guard status < 400, let route, !route.hasPrefix("/v1/") else { return .info }
        return .debug
    }

    /// A method that is none of HTTP's is any text that a client likes.
    private static func name(of method: HTTPRequest.Method) -> String {
        switch method {
        case .get, .head, .post, .put, .patch, .delete, .options, .connect, .trace: method.rawValue
        default: "other"
        }
    }
}
