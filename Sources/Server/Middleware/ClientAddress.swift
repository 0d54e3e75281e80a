import HTTPTypes
import Hummingbird

/// Finds out where each request comes from, before anybody counts it.
struct ClientAddress: EnvelopeStep {
    let proxies: TrustedProxies

    func open(_ request: Request, _ scope: inout RequestScope) {
        scope.client = proxies.client(of: request, peer: scope.peer)
    }
}
