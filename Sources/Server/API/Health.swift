import Hummingbird
import Issuer

/// `/healthz`: this process answers. `/readyz`: it can decide and sign, and is not about to end.
struct HealthRoutes {
    let issuer: Issuer
    let isStopping: @Sendable () -> Bool

    func add(to routes: RouteTable) {
        routes.open("/healthz") { _, _ in Self.status("ok") }
        routes.open("/readyz") { _, _ in
            guard !isStopping() else { throw Problem.stopping }
            try await issuer.checkReadiness()
            return Self.status("ready")
        }
    }

    private static func status(_ text: String) -> Response {
        .json(JSONWriter.object { $0.member("status", text) })
    }
}
