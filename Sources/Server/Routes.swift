import Hummingbird
import Issuer
import Logging

/// Every route there is, behind the middleware that all of them share.
enum Routes {
    static func router(
        _ dashboard: Dashboard, limits: ConnectionLimits, rateLimits: RateLimits, documentation: DocumentationRoutes,
        metrics: Metrics, metricsAccess: MetricsAccess,
        isStopping: @escaping @Sendable () -> Bool = { false }, logger: Logger,
        makeRequestID: @escaping @Sendable () -> String, random: @escaping @Sendable () -> UInt64
    ) -> Router<RequestScope> {
        let issuer = dashboard.issuer
        let router = Router(context: RequestScope.self, options: .autoGenerateHeadEndpoints)
        router.add(
            middleware: Envelope(
                steps: [
                    RequestID(makeID: makeRequestID), ClientAddress(proxies: dashboard.proxies),
                    Tracing(random: random),
                    RequestRecord(metrics: metrics, logger: logger), RateLimitFields(),
                ],
                problems: Problems(note: metrics.http.told(ofProblem:), logger: logger)))

        let routes = RouteTable(
            router: router,
            authentication: Authentication(
                issuer: issuer, bearers: dashboard.bearers, sessions: dashboard.sessions, limits: rateLimits,
                metrics: metrics),
            bodyBytesMax: limits.bodyBytesMax)
        AuthorizeRoutes(issuer: issuer).add(to: routes)
        BudgetRoutes(issuer: issuer).add(to: routes)
        AgentRoutes(issuer: issuer).add(to: routes)
        PolicyRoutes(issuer: issuer).add(to: routes)
        ApprovalRoutes(issuer: issuer).add(to: routes)
        APIKeyRoutes(issuer: issuer).add(to: routes)
        SigningKeyRoutes(issuer: issuer).add(to: routes)
        AuditRoutes(issuer: issuer).add(to: routes)
        JWKSRoutes(issuer: issuer).add(to: routes)
        HealthRoutes(issuer: issuer, isStopping: isStopping).add(to: routes)
        MetricsRoutes(issuer: issuer, metrics: metrics, access: metricsAccess).add(to: routes)
        documentation.add(to: routes)
        SignUpRoute(dashboard: dashboard).add(to: routes)
        SessionRoutes(dashboard: dashboard).add(to: routes)
        MemberRoutes(dashboard: dashboard).add(to: routes)

        let pages = PageTable(router: router, routes: routes, dashboard: dashboard)
        SignInPages(dashboard: dashboard).add(to: pages)
        ProviderPages(dashboard: dashboard).add(to: pages)
        JoinPages(dashboard: dashboard).add(to: pages)
        ResetPages(dashboard: dashboard).add(to: pages)
        SessionForms().add(to: pages)
        Pages().add(to: pages)

        metrics.http.settle(routes.templates)

        router.add(middleware: MissingRoute(methods: routes.methods, dashboard: dashboard))
        return router
    }
}
