import HTTPTypes
import Hummingbird
import Issuer

/// Who may see the metrics. They tell of no company; but how much an issuer does is its operator's to tell.
struct MetricsAccess: Sendable {
    /// Whoever bears it as `Authorization: Bearer` may. Nil: whoever is on this machine.
    let token: OperatorKey?

    /// `client` is nil on loopback.
    func check(_ request: Request, from client: ClientNetwork?) throws {
        guard let token else {
            guard client == nil, !request.wasForwarded else {
                throw Problem(
                    .metricsLocalOnly,
                    "Without PAITIFY_METRICS_TOKEN the metrics are shown on the issuer's own machine alone. Set it, and "
                        + "send it as \"Authorization: Bearer\".")
            }
            return
        }
        guard let bearer = request.bearerToken, token.fits(bearer) else {
            throw Problem(
                .unauthenticated,
                "The metrics need the issuer's PAITIFY_METRICS_TOKEN, as \"Authorization: Bearer\".",
                headers: [.wwwAuthenticate: "Bearer realm=\"paitify metrics\""])
        }
    }
}
