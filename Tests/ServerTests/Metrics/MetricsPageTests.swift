import HTTPTypes
import Hummingbird
import Issuer
import NIOCore
import Testing

@testable import Server

@Suite struct `The metrics page` {
    private static let token = "0123456789abcdef0123456789abcdef"

    @Test func `is Prometheus's text, for whoever is on this machine`() async throws {
        let answer = try await TestServer.shared.value.send(.get, "/metrics")
        #expect(answer.status == 200)
        #expect(answer.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(answer.headers[.cacheControl] == "no-store")
        #expect(answer.string.contains("\npaitify_build_info{version=\"\(Release.version)\"} 1\n"))
    }

    @Test(
        "is not for whoever comes through a proxy on this machine",
        arguments: ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"])
    func proxied(field: String) async throws {
        let name = try #require(HTTPField.Name(field))
        let answer = try await TestServer.shared.value.send(.get, "/metrics", headers: [name: "1.1 edge"])
        #expect(answer.status == 403 && answer.code == "METRICS_LOCAL_ONLY")
    }

    @Test("is not for another machine, without a token", arguments: ["192.0.2.1", "2001:db8::1"])
    func elsewhere(address: String) throws {
        let client = try #require(ClientNetwork(SocketAddress(ipAddress: address, port: 1)))
        let head = HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/metrics")
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
        #expect(throws: Problem.self) { try MetricsAccess(token: nil).check(request, from: client) }
        #expect(throws: Problem.self) { try MetricsAccess(token: OperatorKey(Self.token)).check(request, from: client) }
        #expect(throws: Never.self) { try MetricsAccess(token: nil).check(request, from: nil) }
    }

    @Test func `is for whoever has the token, where there is one, and for nobody else`() async throws {
        let server = try await TestServer(metricsToken: Self.token)
        #expect(
            try await server.send(.get, "/metrics", headers: [.authorization: "Bearer \(Self.token)"]).status == 200)
        let proxied: HTTPFields = [
            .authorization: "bearer \(Self.token)", try #require(HTTPField.Name("Via")): "1.1 edge",
        ]
        #expect(try await server.send(.get, "/metrics", headers: proxied).status == 200)
        for wrong in ["", "Bearer", "Bearer ", "Bearer x", "Basic \(Self.token)", Self.token, "Bearer \(Self.token)0"] {
            let answer = try await server.send(.get, "/metrics", headers: [.authorization: wrong])
            #expect(answer.status == 401 && answer.headers[.wwwAuthenticate]?.hasPrefix("Bearer ") == true, "\(wrong)")
        }
        #expect(try await server.send(.get, "/metrics").status == 401)
    }

    @Test func `tells of nobody who uses the issuer`() async throws {
        let company = try await TestServer().company()
        let agent = try await company.agent()
        try await company.policy()
        let id = try await company.authorize(agent, 100).text("id")
        _ = try await company.get("/v1/authorize/\(id)")
        _ = try await company.get("/v1/agents/\(agent)?x=\(company.key)")
        let page = try await company.server.send(.get, "/metrics").string
        #expect(page.contains(#"route="/v1/authorize/{id}""#))
        for text in [company.key, agent, id, "co_", "agt_"] { #expect(!page.contains(text), "\(text)") }
    }

    @Test func `has each sample once`() async throws {
        let company = try await TestServer().company()
        _ = try await company.get("/v1/agents")
        let page = try await company.server.send(.get, "/metrics").string
        let names = page.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { $0.prefix { $0 != " " } }
        #expect(Set(names).count == names.count && names.count > 200)
        let families = page.split(separator: "\n").filter { $0.hasPrefix("# TYPE") }
        #expect(Set(families).count == families.count)
    }
}
