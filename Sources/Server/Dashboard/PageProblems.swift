import HTTPTypes
import Hummingbird
import Issuer

/// Turns what a page or a form threw into a page that says so. Who is not signed in is sent to sign in, and back.
struct PageProblems: RouterMiddleware {
    let dashboard: Dashboard

    func handle(
        _ request: Request, context: RequestScope, next: (Request, RequestScope) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch IssuerError.unauthenticated {
            let here = request.uri.path + (request.uri.query.map { "?\($0)" } ?? "")
            // What a form asked for is not asked for again: its page is.
            let back = request.method == .get ? "?next=" + PercentEncoding.encoded(here) : ""
            return Response(status: .seeOther, headers: [.location: "/sign-in\(back)"])
        } catch {
            let problem = Problem(error)
            // The log has it, and the answer is a problem document, where this server itself is at fault.
            guard problem.status.kind == .clientError, let site = context.site else { throw error }
            let visit = Visit(
                request: request, scope: context, site: site, dashboard: dashboard, signedIn: context.notes.visitor)
            var response = try visit.page(
                "problem", title: problem.title, ProblemPage(problem, requestID: context.requestID),
                status: problem.status)
            for field in problem.headers where field.name != .wwwAuthenticate { response.headers.append(field) }
            return response
        }
    }
}

/// `page` in problem.mustache.
struct ProblemPage: Sendable {
    let title: String
    let detail: String
    let code: String
    let requestID: String

    init(_ problem: Problem, requestID: String) {
        title = problem.title
        detail = problem.detail
        code = problem.code.rawValue
        self.requestID = requestID
    }
}
