import HTTPTypes
import Hummingbird
import Logging
import NIOHTTP1

/// Turns whatever was thrown into a problem document, and lets no body go unread on a connection that stays open.
struct Problems: RouterMiddleware {
    /// Is told of each problem's code.
    let note: @Sendable (String) -> Void
    let logger: Logger

    func handle(
        _ request: Request, context: RequestScope, next: (Request, RequestScope) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch let error as HTTPParserError {
            // The request broke off within its body: the connection answers that itself.
            throw error
        } catch {
            let problem = Problem(error)
            if problem.status.kind == .serverError, !(error is CancellationError) {
                logger.error(
                    "a request failed",
                    metadata: [
                        "requestId": "\(context.requestID)", "route": "\(context.route ?? "none")",
                        "traceId": "\(context.trace?.traceID ?? "")", "error": "\(error)",
                    ])
            }
            note(problem.code.rawValue)
            response = problem.response(instance: request.uri.path, requestID: context.requestID)
            if request.method == .head { response = response.createHeadResponse() }
        }
        if request.announcesBody, !context.bodyWasRead.isSet { response.headers[.connection] = "close" }
        return response
    }
}
