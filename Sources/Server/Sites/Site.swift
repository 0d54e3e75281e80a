import HTTPTypes
import Hummingbird

/// The address under which a browser has found the dashboard.
struct Site: Sendable, Equatable {
    /// As browsers send it in `Origin`: scheme, host, and the port where it is not the scheme's own.
    let origin: String

    /// Whether the browser speaks TLS to us, or to what stands before us.
    var isSecure: Bool { origin.hasPrefix("https:") }
}

/// The addresses under which the dashboard answers: the configured one, the one it listens on, and this machine's own.
///
/// Any other is refused. A page that gives its own name this machine's address (DNS rebinding) has no luck here, and no
/// link is ever made from a `Host` that somebody made up.
struct Sites: Sendable {
    /// Where people reach the dashboard, without a slash at the end.
    let publicURL: String
    private let known: [String: Site]

    /// `publicURL` is an http or https URL; `listeningOn` a host's name or address.
    init(publicURL: String, listeningOn host: String) {
        var url = publicURL
        while url.hasSuffix("/") { url.removeLast() }
        self.publicURL = url
        let (scheme, authority) = Self.parts(of: url)
        var known = [authority: Site(origin: "\(scheme)://\(authority)")]
        if !["0.0.0.0", "::", ""].contains(host) {
            known[host.lowercased()] = Site(origin: "http://\(host.lowercased())")
        }
        self.known = known
    }

    /// The configured address, which links that leave the dashboard are made of.
    var publicSite: Site { known[Self.parts(of: publicURL).authority] ?? Site(origin: publicURL) }

    /// Nil where the request names a host that is none of ours.
    func site(of request: Request) -> Site? {
        guard let authority = request.head.authority?.lowercased(), !authority.isEmpty else { return nil }
        if let site = known[authority] { return site }
        let host = Self.host(of: authority)
        guard known[host]?.isSecure == false || Self.loopbackNames.contains(host) else { return nil }
        return Site(origin: "http://\(authority)")
    }

    /// Whether the request names this machine by a name that no other can reach it by.
    static func isLocal(_ request: Request) -> Bool {
        request.head.authority.map { loopbackNames.contains(host(of: $0.lowercased())) } ?? false
    }

    /// Whether a page of that origin is one of ours: the configured address, or this machine where that is the configured
    /// address, on whichever port.
    func isOwn(origin: String) -> Bool {
        if origin.lowercased() == publicSite.origin { return true }
        let (scheme, authority) = Self.parts(of: origin)
        let isLocal = Self.loopbackNames.contains(Self.host(of: Self.parts(of: publicURL).authority))
        return isLocal && scheme == "http" && origin.lowercased() == "http://\(authority)"
            && Self.loopbackNames.contains(Self.host(of: authority))
    }

    static let loopbackNames: Set<String> = ["localhost", "127.0.0.1", "[::1]"]

    private static func host(of authority: String) -> String {
        if authority.hasPrefix("[") { return authority.prefix { $0 != "]" } + "]" }
        return String(authority.prefix { $0 != ":" })
    }

    private static func parts(of url: String) -> (scheme: String, authority: String) {
        let scheme = url.hasPrefix("https:") ? "https" : "http"
        var authority = url.dropFirst(scheme.count + "://".count).prefix { $0 != "/" }.lowercased()
        let port = scheme == "https" ? ":443" : ":80"
        if authority.hasSuffix(port) { authority.removeLast(port.count) }
        return (scheme, authority)
    }
}
