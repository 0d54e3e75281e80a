import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import Server

@Suite struct `Trusted proxies` {
    @Test(
        "a proxy that is trusted says where a request comes from, and nobody else does",
        arguments: [
            // No proxy is trusted, or another one: what a client says of itself is nothing.
            (nil, "127.0.0.1", ["203.0.113.7"], nil), ("10.0.0.1", "10.0.0.2", ["203.0.113.7"], "10.0.0.2"),
            ("127.0.0.1", "127.0.0.1", ["203.0.113.7"], "203.0.113.7"),
            ("10.0.0.1,127.0.0.1", "127.0.0.1", ["203.0.113.7"], "203.0.113.7"),
            // The last is the proxy's own word, the others are its client's.
            ("127.0.0.1", "127.0.0.1", ["198.51.100.1, 203.0.113.7"], "203.0.113.7"),
            ("127.0.0.1", "127.0.0.1", ["198.51.100.1", "203.0.113.7"], "203.0.113.7"),
            ("127.0.0.1", "::ffff:127.0.0.1", ["203.0.113.7"], "203.0.113.7"),
            ("::1", "::1", ["2001:db8::1"], "2001:db8::2"),
            // It said nothing that could be read.
            ("10.0.0.1", "10.0.0.1", [], "10.0.0.1"), ("10.0.0.1", "10.0.0.1", ["unknown"], "10.0.0.1"),
            ("10.0.0.1", "10.0.0.1", ["203.0.113.7,"], "203.0.113.7"),
        ] as [(String?, String, [String], String?)])
    func origin(
        _ trusted: String?, _ peer: String, _ fields: [String], _ client: String?
    ) throws {
        let proxies = try trusted.map { try #require(TrustedProxies($0)) } ?? .none
        var head = HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: "/")
        head.headerFields[values: .forwardedFor] = fields
        let request = Request(head: head, body: .init(buffer: ByteBuffer()))
        let found = proxies.client(of: request, peer: try SocketAddress(ipAddress: peer, port: 1))
        let expected = try client.map { try SocketAddress(ipAddress: $0, port: 1) }
        #expect(found == ClientNetwork(expected))
    }
}
