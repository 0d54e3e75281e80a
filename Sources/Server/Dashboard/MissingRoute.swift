import HTTPTypes
import Hummingbird

/// Answers what no route took: 405 where the path is known with other methods, else 404.
///
/// Added after the last route, it runs for the router's own "not found" alone.
struct MissingRoute: RouterMiddleware {
    let methods: [[Substring]: [HTTPRequest.Method]]
    let dashboard: Dashboard

    func handle(
        _ request: Request, context: RequestScope, next: (Request, RequestScope) async throws -> Response
    ) async throws -> Response {
        let segments = request.uri.path.split(separator: "/")
        // A path that is spelt out before one with a parameter in its place, as the router has it.
        let known =
            methods[segments]
            ?? methods.first { pattern, _ in
                pattern.count == segments.count
                    && zip(pattern, segments).allSatisfy { $0.hasPrefix(":") || $0 == $1 }
            }?.value
        // Who asks again for what a form answered, such as by Enter in the address bar, gets the page that the form is on.
        if request.method == .get, known == [.post], let first = segments.first,
            methods[[first]]?.contains(.get) == true
        {
            return Response(status: .seeOther, headers: [.location: "/\(first)"])
        }
        let problem = known.map(Problem.methodNotAllowed) ?? .noSuchRoute
        // Who looks with a browser is told on a page.
        guard segments.first != "v1", request.headers[.accept]?.contains("text/html") == true,
            let page = try PageProblems.page(saying: problem, request, context, dashboard)
        else { throw problem }
        return page
    }
}
