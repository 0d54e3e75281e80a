import HTTPTypes
import Hummingbird
import Issuer

/// Registers the dashboard's pages and forms. Each runs behind `PageSecurity` and `PageProblems`.
///
/// A page is a GET and changes nothing; a form is a POST, and is carried out only where one of our own pages sent it.
final class PageTable {
    static let formBytesMax = 65_536

    private let dashboard: Dashboard
    private let pages: RouterGroup<RequestScope>
    private let routes: RouteTable
    private let strangers = StrangeProxies()

    init(router: Router<RequestScope>, routes: RouteTable, dashboard: Dashboard) {
        self.dashboard = dashboard
        self.routes = routes
        pages = router.group()
            .add(middleware: PageSecurity(sites: dashboard.sites))
            .add(middleware: PageProblems(dashboard: dashboard))
    }

    /// A page for whoever is signed in; others are sent to sign in, and come back.
    func page(_ path: String, _ handler: @escaping @Sendable (Visit) async throws -> Response) {
        add(.get, path) { visit in
            _ = try visit.session
            return try await handler(visit)
        }
    }

    /// A form of whoever is signed in. It bears the field `csrf`.
    func form(
        _ path: String, bytesMax: Int = formBytesMax,
        _ handler: @escaping @Sendable (Visit, FormFields) async throws -> Response
    ) {
        add(.post, path) { visit in
            let session = try visit.session
            guard SameOrigin.isProven(visit.request, at: visit.site) else { throw Problem.crossSite }
            let form = try await visit.request.readForm(bytesMax: bytesMax, scope: visit.scope)
            guard session.token.isCSRFToken(try form.text("csrf"), in: session.principal.environment) else {
                throw Problem.staleForm
            }
            return try await handler(visit, form)
        }
    }

    /// A page for anybody.
    func openPage(_ path: String, _ handler: @escaping @Sendable (Visit) async throws -> Response) {
        add(.get, path, handler)
    }

    /// A form of somebody who may not be signed in yet. There is no session that it could be bound to, so where it comes
    /// from is all there is to go by: another site must not sign anybody in (login CSRF).
    func openForm(_ path: String, _ handler: @escaping @Sendable (Visit, FormFields) async throws -> Response) {
        add(.post, path) { visit in
            guard SameOrigin.isProven(visit.request, at: visit.site) else { throw Problem.crossSite }
            let form = try await visit.request.readForm(bytesMax: Self.formBytesMax, scope: visit.scope)
            return try await handler(visit, form)
        }
    }

    private func add(
        _ method: HTTPRequest.Method, _ path: String, _ handler: @escaping @Sendable (Visit) async throws -> Response
    ) {
        routes.note(method, path)
        let (dashboard, strangers) = (dashboard, strangers)
        let isStream = path == EventRoutes.path
        pages.on(RouterPath(path), method: method) { request, scope in
            guard let site = scope.site else { throw Problem.misdirected(dashboard.sites) }
            var signedIn: SignedIn?
            if let token = dashboard.sessions.token(in: request) {
                do {
                    let found = try await dashboard.sessions.signedIn(
                        token, scope, isUse: !isStream && request.headers[.paitifyBackground] == nil)
                    scope.notes.visitor = found
                    signedIn = found
                    try await scope.take(found.principal, of: dashboard.sessions.limits)
                } catch IssuerError.unauthenticated {}
            }
            if dashboard.proxies.areUnawareOf(request, peer: scope.peer) { strangers.tell(dashboard.logger) }
            let visit = try Visit(request: request, scope: scope, site: site, dashboard: dashboard, signedIn: signedIn)
            // A page takes longer to write than an answer to a program, and keeps no connection's event loop waiting.
            return try await withTaskExecutorPreference(globalConcurrentExecutor) { try await handler(visit) }
        }
    }
}
