import HTTPTypes
import Hummingbird
import NIOHTTP1

/// What is done with every request before it is answered, and with every answer before it is sent. Waits for nothing.
protocol EnvelopeStep: Sendable {
    func open(_ request: Request, _ scope: inout RequestScope)
    func close(_ request: Request, _ response: inout Response, _ scope: RequestScope)
}

extension EnvelopeStep {
    func open(_ request: Request, _ scope: inout RequestScope) {}
    func close(_ request: Request, _ response: inout Response, _ scope: RequestScope) {}
}

/// All that every answer of a router has in common, in one piece of middleware: an asynchronous call each would cost more than
/// the steps do.
struct Envelope: RouterMiddleware {
    /// The first is the outermost: it opens first and closes last.
    let steps: [any EnvelopeStep]
    let problems: Problems

    func handle(
        _ request: Request, context: RequestScope, next: (Request, RequestScope) async throws -> Response
    ) async throws -> Response {
        var scope = context
        for step in steps { step.open(request, &scope) }
        var response: Response
        do {
            response = try await next(request, scope)
        } catch let error as HTTPParserError {
            // The request broke off within its body: the connection answers that itself.
            throw error
        } catch {
            response = problems.answer(error, to: request, scope)
        }
        problems.closeUnread(request, &response, scope)
        for step in steps.reversed() { step.close(request, &response, scope) }
        return response
    }
}
