import HTTPTypes
import Hummingbird
import NIOCore

/// The proxies whose word is taken on where a request comes from.
struct TrustedProxies: Sendable, Equatable {
    static let none = TrustedProxies(addresses: [])

    private let addresses: Set<String>

    private init(addresses: Set<String>) { self.addresses = addresses }

    /// IP addresses with commas between; nil where one is none.
    init?(_ text: String) {
        var addresses: Set<String> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let address = try? SocketAddress(ipAddress: String(part), port: 0) else { return nil }
            addresses.insert(Self.plain(address))
        }
        self.addresses = addresses
    }

    /// Where a request comes from whose connection is `peer`'s. A proxy adds who it talks to at the end of
    /// `X-Forwarded-For`; what stands before that is what its client says, and is believed nobody.
    func client(of request: Request, peer: SocketAddress?) -> ClientNetwork? {
        guard !addresses.isEmpty, let peer, addresses.contains(Self.plain(peer)),
            let hop = request.headers[values: .forwardedFor].last?.split(separator: ",").last,
            let address = try? SocketAddress(ipAddress: hop.filter { $0 != " " }, port: 0)
        else { return ClientNetwork(peer) }
        return ClientNetwork(address)
    }

    /// Whether the request came through a proxy that is none of these: where it comes from is then not known, and no limit by
    /// network address holds it.
    func areUnawareOf(_ request: Request, peer: SocketAddress?) -> Bool {
        request.wasForwarded && !(peer.map { addresses.contains(Self.plain($0)) } ?? false)
    }

    /// The address as text, one for each: an IPv4 address is that also where it is written as an IPv6 one.
    private static func plain(_ address: SocketAddress) -> String {
        let text = address.ipAddress ?? ""
        return text.hasPrefix("::ffff:") && text.contains(".") ? String(text.dropFirst(7)) : text
    }
}
