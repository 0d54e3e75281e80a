import HTTPTypes
import Hummingbird
import Logging

/// Turns whatever was thrown into a problem document, and lets no body go unread on a connection that stays open.
struct Problems: Sendable {
    /// Is told of each problem's code.
    let note: @Sendable (String) -> Void
    let logger: Logger

    func answer(_ error: any Error, to request: Request, _ scope: RequestScope) -> Response {
        let problem = Problem(error)
        if problem.status.kind == .serverError, !(error is CancellationError) {
            Self.write(down: error, scope, logger)
        }
        note(problem.code.rawValue)
        let response = problem.response(instance: request.uri.path, requestID: scope.requestID)
        return request.method == .head ? response.createHeadResponse() : response
    }

    /// What this server is at fault for, for its operator.
    static func write(down error: any Error, _ scope: RequestScope, _ logger: Logger) {
        logger.error(
            "a request failed",
            metadata: [
                "requestId": "\(scope.requestID)", "route": "\(scope.route ?? "none")",
                "traceId": "\(scope.trace?.traceID ?? "")", "error": "\(error)",
            ])
    }

    func closeUnread(_ request: Request, _ response: inout Response, _ scope: RequestScope) {
        if !scope.notes.bodyWasRead, request.announcesBody { response.headers[.connection] = "close" }
    }
}
