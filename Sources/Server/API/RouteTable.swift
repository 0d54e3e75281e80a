import HTTPTypes
import Hummingbird
import Issuer

/// Registers routes with the router and remembers which methods each path has, so that a wrong one can be told.
final class RouteTable {
    private let router: Router<RequestScope>
    private let authenticated: RouterGroup<RequestScope>
    private let idempotency = Idempotency()
    private let issuer: Issuer
    private let metrics: Metrics
    private let bodyBytesMax: Int
    private(set) var methods: [[Substring]: [HTTPRequest.Method]] = [:]

    init(
        router: Router<RequestScope>, dashboard: Dashboard, rateLimits: RateLimits, metrics: Metrics, bodyBytesMax: Int
    ) {
        self.router = router
        issuer = dashboard.issuer
        self.authenticated = router.group()
            .add(middleware: Authentication(dashboard: dashboard, limits: rateLimits, metrics: metrics))
            .add(middleware: RateLimiting(limits: rateLimits))
        self.metrics = metrics
        self.bodyBytesMax = bodyBytesMax
    }

    /// A route that asks nobody who they are.
    func open(_ path: String, _ handler: @escaping @Sendable (Request, RequestScope) async throws -> Response) {
        note(.get, path)
        router.get(RouterPath(path), use: handler)
    }

    /// A POST that asks nobody who they are, with a JSON body.
    func openPost(
        _ path: String, _ handler: @escaping @Sendable (Request, RequestScope, [UInt8]) async throws -> Response
    ) {
        note(.post, path)
        let bodyBytesMax = bodyBytesMax
        router.post(RouterPath(path)) { request, scope in
            try await handler(
                request, scope, try await request.readBody(.required, bytesMax: bodyBytesMax, scope: scope))
        }
    }

    func get(_ path: String, _ handler: @escaping @Sendable (Call) async throws -> Response) {
        add(.get, path, body: .none, handler)
    }

    /// A POST is done once for each Idempotency-Key. `keeps`: false of one that looks at no such key.
    func post(
        _ path: String, body: BodyRule, keeps: Bool = true,
        _ handler: @escaping @Sendable (Call) async throws -> Response
    ) {
        guard keeps else { return add(.post, path, body: body, handler) }
        let issuer = issuer
        add(.post, path, body: body) { call in
            guard let once = call.once else { return try await handler(call) }
            do {
                return try await handler(call)
            } catch {
                let problem = Problem(error)
                guard problem.isToBeKept else { throw error }
                throw try await problem.kept(under: once, of: call.caller, by: issuer)
            }
        }
    }

    func put(_ path: String, _ handler: @escaping @Sendable (Call) async throws -> Response) {
        add(.put, path, body: .required, handler)
    }

    func patch(_ path: String, _ handler: @escaping @Sendable (Call) async throws -> Response) {
        add(.patch, path, body: .required, handler)
    }

    func delete(_ path: String, _ handler: @escaping @Sendable (Call) async throws -> Response) {
        add(.delete, path, body: .none, handler)
    }

    private func add(
        _ method: HTTPRequest.Method, _ path: String, body rule: BodyRule,
        _ handler: @escaping @Sendable (Call) async throws -> Response
    ) {
        note(method, path)
        let (idempotency, metrics, bodyBytesMax) = (idempotency, metrics, bodyBytesMax)
        authenticated.on(RouterPath(path), method: method) { request, scope in
            guard var caller = scope.caller else { throw IssuerError.unauthenticated }
            caller.requestID = scope.requestID
            let start = metrics.uptime()
            let body = try await request.readBody(rule, bytesMax: bodyBytesMax, scope: scope)
            if !body.isEmpty { metrics.http.spent(metrics.uptime() - start, in: .read) }
            let asked = caller
            func call(_ once: OnceOnly?) async throws -> Response {
                try await handler(
                    Call(
                        request: request, scope: scope, caller: asked, body: body, once: once, metrics: metrics))
            }
            guard method == .post else { return try await call(nil) }
            return try await idempotency.once(
                request, body: body, caller: asked, requestID: scope.requestID, call)
        }
    }

    /// Every method with every path's template, as the router names it.
    var templates: [HTTPMetrics.Route] {
        methods.flatMap { segments, methods in
            let template = RouterPath(segments.joined(separator: "/")).description
            return methods.map { HTTPMetrics.Route(method: $0.rawValue, template: template) }
        }.sorted { ($0.template, $0.method) < ($1.template, $1.method) }
    }

    /// For routes that are registered elsewhere.
    func note(_ method: HTTPRequest.Method, _ path: String) {
        methods[path.split(separator: "/"), default: []].append(method)
        if method == .get { methods[path.split(separator: "/"), default: []].append(.head) }
    }
}

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
