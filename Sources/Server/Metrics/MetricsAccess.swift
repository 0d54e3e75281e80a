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
            guard request.isLocal(from: client) else {
                throw Problem(
                    .metricsLocalOnly,
                    "Without PAITIFY_METRICS_TOKEN the metrics are shown on the issuer's own machine alone. Set it, and "
                        + "send it as \"Authorization: Bearer\".")
            }
            return
        }
        let bearer = request.headers[.authorization].flatMap(Self.bearer)
        guard let bearer, token.fits(bearer) else {
            throw Problem(
                .unauthenticated,
                "The metrics need the issuer's PAITIFY_METRICS_TOKEN, as \"Authorization: Bearer\".",
                headers: [.wwwAuthenticate: "Bearer realm=\"paitify metrics\""])
        }
    }

    /// RFC 6750 section 2.1; the scheme in any case.
    private static func bearer(_ field: String) -> String? {
        let parts = field.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }
}
