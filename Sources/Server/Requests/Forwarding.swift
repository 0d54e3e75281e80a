import HTTPTypes
import Hummingbird

extension Request {
    /// Whether a proxy has passed it on, by what proxies add: it came from elsewhere, though its connection may not.
    var wasForwarded: Bool { Self.proxyFields.contains { headers[$0] != nil } }

    private static let proxyFields = [
        "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via",
    ].compactMap { HTTPField.Name($0) }
}
