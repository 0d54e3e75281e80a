import Hummingbird
import Issuer
import Logging

/// Every route there is, behind the middleware that all of them share.
enum Routes {
    static func router(
        issuer: Issuer, limits: ConnectionLimits, rateLimits: RateLimits, metrics: Metrics,
        metricsAccess: MetricsAccess,
        logger: Logger, makeRequestID: @escaping @Sendable () -> String, random: @escaping @Sendable () -> UInt64
    ) -> Router<RequestScope> {
        let router = Router(context: RequestScope.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: RequestID(makeID: makeRequestID))
        router.add(middleware: Tracing(random: random))
        router.add(middleware: RequestRecord(metrics: metrics, logger: logger))
        router.add(middleware: RateLimitFields())
        router.add(middleware: Problems(note: metrics.http.told(ofProblem:), logger: logger))

        let routes = RouteTable(
            router: router, issuer: issuer, rateLimits: rateLimits, metrics: metrics,
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
        HealthRoutes(issuer: issuer).add(to: routes)
        MetricsRoutes(issuer: issuer, metrics: metrics, access: metricsAccess).add(to: routes)
        metrics.http.settle(routes.templates)

        router.add(middleware: MissingRoute(methods: routes.methods))
        return router
    }
}
