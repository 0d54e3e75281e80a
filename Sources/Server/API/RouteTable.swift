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
        router: Router<RequestScope>, authentication: Authentication, bodyBytesMax: Int
    ) {
        self.router = router
        issuer = authentication.issuer
        metrics = authentication.metrics
        authenticated = router.group()
            .add(middleware: authentication)
            .add(middleware: RateLimiting(limits: authentication.limits))
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
