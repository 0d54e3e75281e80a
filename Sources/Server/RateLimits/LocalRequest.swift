import HTTPTypes
import Hummingbird

extension Request {
    /// What a proxy adds: a request that bears one of these came from elsewhere, though its connection did not.
    private static let proxyFields = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"]
        .compactMap { HTTPField.Name($0) }

    /// Whether it comes from this machine, as far as can be told. `client` is nil on loopback.
    func isLocal(from client: ClientNetwork?) -> Bool {
        client == nil && !Self.proxyFields.contains { headers[$0] != nil }
    }
}
