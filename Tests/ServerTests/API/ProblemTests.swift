import HTTPTypes
import Testing

@testable import Server

@Suite struct `Problems on the way to a handler` {
    @Test func `a problem has all its members`() async throws {
        let server = try await TestServer.shared.value
        let answer = try await server.send(.get, "/v1/agents", headers: [.requestID: "my-id.1"])
        let body = try answer.object()
        #expect(answer.status == 401)
        #expect(body["status"] as? Int == 401)
        #expect(body["code"] as? String == "UNAUTHENTICATED")
        #expect(body["type"] as? String == "urn:paitify:problem:unauthenticated")
        #expect(body["title"] as? String == "Unauthenticated")
        #expect(body["instance"] as? String == "/v1/agents")
        #expect(body["requestId"] as? String == "my-id.1")
        #expect(answer.headers[.requestID] == "my-id.1")
        #expect(answer.headers[.wwwAuthenticate] != nil)
        #expect(answer.headers[.cacheControl] == "no-store")
        #expect(answer.headers[.xContentTypeOptions] == "nosniff")
        #expect(answer.headers[.contentSecurityPolicy] == "default-src 'none'; frame-ancestors 'none'")
    }

    @Test(
        "a problem is called by its code in words",
        arguments: [
            (ProblemCode.invalidIdempotencyKey, "Invalid idempotency key"), (.malformedJSON, "Malformed JSON"),
            (.httpVersion, "HTTP version"), (.notFound, "Not found"),
        ])
    func titles(code: ProblemCode, title: String) {
        #expect(Problem(code, "").title == title)
    }

    @Test(
        "a request's own identifier is kept only if it is harmless",
        arguments: ["", "a b", "é", "x\"y", String(repeating: "x", count: 129)])
    func requestIDs(id: String) async throws {
        let answer = try await TestServer.shared.value.send(.get, "/healthz", headers: [.requestID: id])
        #expect(answer.headers[.requestID]?.hasPrefix("req_") == true)
    }

    @Test(
        "a key that is not exactly one of ours opens nothing",
        arguments: ["", "x", "ag_live_", "ag_live_0123456789ab", "ag_live_\(String(repeating: "0", count: 44))"])
    func unknownKeys(key: String) async throws {
        let answer = try await TestServer.shared.value.send(.get, "/v1/agents", headers: [.apiKey: key])
        #expect(answer.status == 401)
        #expect(!answer.string.contains("ag_live_0"))
    }

    @Test func `a truncated, an altered and a revoked key open nothing`() async throws {
        let company = try await TestCompany.make()
        let (key, id) = try await {
            let made = try await company.post("/v1/api-keys", #"{"name":"k"}"#)
            return (try made.text("key"), try made.text("id"))
        }()
        #expect(try await company.send(.get, "/v1/agents", headers: [.apiKey: key]).status == 200)
        let altered = String(key.dropLast()) + (key.hasSuffix("a") ? "b" : "a")
        for wrong in [String(key.dropLast()), altered, key + "a", key.uppercased()] {
            #expect(try await company.send(.get, "/v1/agents", headers: [.apiKey: wrong]).status == 401)
        }
        #expect(try await company.send(.delete, "/v1/api-keys/\(id)").status == 204)
        #expect(try await company.send(.get, "/v1/agents", headers: [.apiKey: key]).status == 401)
    }

    @Test func `a key without the scope is forbidden, and told which`() async throws {
        let company = try await TestCompany.make()
        let key = try await company.post("/v1/api-keys", #"{"name":"k","scopes":["read"]}"#).text("key")
        let answer = try await company.send(.post, "/v1/agents", #"{"name":"x"}"#, headers: [.apiKey: key])
        #expect(answer.status == 403)
        #expect(answer.code == "INSUFFICIENT_SCOPE")
        #expect(try answer.text("detail").contains("manage"))
    }

    @Test(
        "an unknown path is 404",
        arguments: ["/v1", "/v2", "/v1/agent", "/v1/agents/a/b/c", "/metrics/x", "/v1/signups", "/%"])
    func unknownPaths(path: String) async throws {
        let answer = try await TestServer.shared.value.send(.get, path)
        #expect(answer.status == 404)
        #expect(answer.code == "NO_SUCH_ROUTE")
    }

    @Test(
        "a wrong method is 405, and told which are right",
        arguments: [
            (HTTPRequest.Method.put, "/v1/agents", "POST, GET, HEAD"), (.get, "/v1/authorize", "POST"),
            (.post, "/healthz", "GET, HEAD"), (.post, "/.well-known/jwks.json", "GET, HEAD"),
            (.options, "/v1/policies/pol_x", "GET, HEAD, PUT, DELETE"), (.trace, "/v1/approvals", "GET, HEAD"),
        ])
    func wrongMethods(method: HTTPRequest.Method, path: String, allow: String) async throws {
        let answer = try await TestServer.shared.value.send(method, path)
        #expect(answer.status == 405)
        #expect(answer.headers[.allow] == allow)
        #expect(answer.code == "METHOD_NOT_ALLOWED")
    }

    @Test(
        "what is not JSON by its Content-Type is 415",
        arguments: [
            "", "text/plain", "application/jsonx", "application/json; charset=latin1", "application/problem+json", ";",
        ])
    func contentTypes(type: String) async throws {
        let company = try await TestCompany.make()
        let answer = try await company.send(.post, "/v1/agents", #"{"name":"x"}"#, headers: [.contentType: type])
        #expect(answer.status == 415)
        #expect(answer.headers[.connection] == "close")
    }

    @Test(
        "JSON is known by its Content-Type",
        arguments: ["application/json", "Application/JSON", "application/json; charset=UTF-8"])
    func goodContentTypes(type: String) async throws {
        let company = try await TestCompany.make()
        let answer = try await company.send(.post, "/v1/agents", #"{"name":"x"}"#, headers: [.contentType: type])
        #expect(answer.status == 201)
        #expect(answer.headers[.connection] == nil)
    }

    @Test func `a packed body is 415`() async throws {
        let company = try await TestCompany.make()
        let answer = try await company.send(.post, "/v1/agents", "{}", headers: [.contentEncoding: "gzip"])
        #expect(answer.status == 415)
    }

    @Test("a body may have 64 KiB and not a byte more", arguments: [(0, 422), (1, 413)])
    func bodySizes(excess: Int, status: Int) async throws {
        let frame = #"{"name":""}"#
        let name = String(repeating: "x", count: 65_536 - frame.utf8.count + excess)
        let answer = try await TestCompany.make().post("/v1/agents", #"{"name":"\#(name)"}"#)
        #expect(answer.status == status)
        #expect(answer.headers[.connection] == (status == 413 ? "close" : nil))
    }

    @Test func `a refusal before the body is read closes the connection`() async throws {
        let server = try await TestServer.shared.value
        for (path, status) in [("/v1/agents", 401), ("/nowhere", 404), ("/healthz", 405)] {
            let answer = try await server.send(
                .post, path, headers: [.contentType: "application/json"], body: Array("{}".utf8))
            #expect(answer.status == status)
            #expect(answer.headers[.connection] == "close")
        }
    }

    @Test func `HEAD is GET without the body`() async throws {
        let server = try await TestServer.shared.value
        let (get, head) = (try await server.send(.get, "/healthz"), try await server.send(.head, "/healthz"))
        #expect(head.status == 200)
        #expect(head.body.isEmpty)
        #expect(head.headers[.contentLength] == String(get.body.count))
        for path in ["/v1/agents", "/v1/authorize", "/nowhere"] {
            #expect(try await server.send(.head, path).body.isEmpty)
        }
    }
}
