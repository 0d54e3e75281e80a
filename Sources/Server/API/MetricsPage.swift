import HTTPTypes
import Hummingbird
import Issuer
import NIOCore

/// `/metrics`: what this process has counted, in Prometheus's text format.
struct MetricsRoutes {
    let issuer: Issuer
    let metrics: Metrics
    let access: MetricsAccess

    func add(to routes: RouteTable) {
        routes.open("/metrics") { request, scope in
            try access.check(request, from: scope.client)
            let page = metrics.page(await issuer.standing())
            return Response(
                status: .ok, headers: [.contentType: Exposition.mediaType],
                body: ResponseBody(byteBuffer: ByteBuffer(string: page)))
        }
    }
}
