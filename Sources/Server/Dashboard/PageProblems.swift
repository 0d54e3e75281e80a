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
            // What comes under another name than the dashboard's is answered as any program is.
            guard let site = context.site, !(error is CancellationError) else { throw error }
            if problem.status.kind == .serverError {
                Problems.write(down: error, context, dashboard.logger)
            }
            return try Self.page(saying: problem, request, context, dashboard, site, context.notes.visitor)
        }
    }

    private static func page(
        saying problem: Problem, _ request: Request, _ scope: RequestScope, _ dashboard: Dashboard, _ site: Site,
        _ signedIn: SignedIn?
    ) throws -> Response {
        let visit = Visit(saying: request, scope: scope, site: site, dashboard: dashboard, signedIn: signedIn)
        var response = try visit.page(
            "problem", title: problem.title, ProblemPage(problem, requestID: scope.requestID), status: problem.status)
        for field in problem.headers where field.name != .wwwAuthenticate { response.headers.append(field) }
        return response
    }

    /// For what no route took. Nil where the request comes under a name that is not the dashboard's.
    static func page(
        saying problem: Problem, _ request: Request, _ scope: RequestScope, _ dashboard: Dashboard
    ) throws -> Response? {
        guard let site = dashboard.sites.site(of: request) else { return nil }
        var response = try page(saying: problem, request, scope, dashboard, site, nil)
        PageSecurity.secure(&response, at: site)
        return response
    }
}
