import HTTPTypes
import Hummingbird
import Issuer
import Testing

@testable import Server

@Suite struct `An Idempotency-Key` {
    @Test func `gives the first answer again, byte for byte`() async throws {
        let company = try await TestCompany.make()
        let agent = try await company.agent()
        try await company.policy()
        let first = try await company.authorize(agent, 700, once: "a")
        let second = try await company.authorize(agent, 700, once: "a")
        #expect(first.status == 200)
        #expect(first.headers[.idempotentReplayed] == nil)
        #expect(second.headers[.idempotentReplayed] == "true")
        #expect(second.body == first.body)
        #expect(try await company.get("/v1/authorizations").list().count == 1)
    }

    @Test func `gives a refusal again, with the first request's identifier`() async throws {
        let company = try await TestCompany.make()
        let agent = try await company.agent()
        try await company.policy()
        let id = try await company.authorize(agent, 10).text("id")
        let first = try await company.post("/v1/authorize/\(id)/confirm", #"{"amount":11}"#, once: "b")
        let second = try await company.post("/v1/authorize/\(id)/confirm", #"{"amount":11}"#, once: "b")
        #expect(first.status == 422)
        #expect(second.headers[.idempotentReplayed] == "true")
        #expect(second.body == first.body)
    }

    @Test func `keeps status and Location`() async throws {
        let company = try await TestCompany.make()
        let first = try await company.post("/v1/agents", #"{"name":"x"}"#, once: "c")
        let second = try await company.post("/v1/agents", #"{"name":"x"}"#, once: "c")
        #expect(second.status == 201)
        #expect(second.headers[.location] == first.headers[.location])
        #expect(second.body == first.body)
    }

    @Test(
        "is for one request: another body, path or query under it is refused",
        arguments: [
            ("/v1/agents", #"{"name":"y"}"#), ("/v1/agents", #"{"name": "x"}"#),
            ("/v1/policies", #"{"name":"x","currency":"USD"}"#),
        ])
    func reuse(path: String, body: String) async throws {
        let company = try await TestCompany.make()
        #expect(try await company.post("/v1/agents", #"{"name":"x"}"#, once: "d").status == 201)
        let answer = try await company.post(path, body, once: "d")
        #expect(answer.status == 422)
        #expect(answer.code == "IDEMPOTENCY_KEY_REUSED")
    }

    @Test func `is a company's own`() async throws {
        let (ours, theirs) = (try await TestCompany.make(), try await TestCompany.make())
        let first = try await ours.post("/v1/agents", #"{"name":"x"}"#, once: "e")
        let second = try await theirs.post("/v1/agents", #"{"name":"x"}"#, once: "e")
        #expect(second.headers[.idempotentReplayed] == nil)
        #expect(try first.text("id") != second.text("id"))
    }

    @Test(
        "gives the refusal of a mistake again, byte for byte, and is not free for what corrects it",
        arguments: [
            ("/v1/agents", #"{"nam":"x"}"#, 422), ("/v1/agents", "{", 400), ("/v1/agents?a=b", #"{"name":"x"}"#, 422),
            ("/v1/authorize/nothing/void", "{}", 404), ("/v1/api-keys", #"{"name":"x","scopes":[]}"#, 422),
            ("/v1/policies", #"{"name":"x"}"#, 422),
        ])
    func mistake(path: String, body: String, status: Int) async throws {
        let company = try await TestCompany.make()
        let first = try await company.post(path, body, once: "f")
        let second = try await company.post(path, body, once: "f")
        #expect((first.status, second.status) == (status, status))
        #expect(second.body == first.body)
        #expect(first.headers[.idempotentReplayed] == nil && second.headers[.idempotentReplayed] == "true")
        for path in [path, "/v1/agents", "/v1/api-keys"] {
            let corrected = try await company.post(path, #"{"name":"other"}"#, once: "f")
            #expect((corrected.status, corrected.code) == (422, "IDEMPOTENCY_KEY_REUSED"))
        }
        #expect(try await company.post("/v1/agents", #"{"name":"other"}"#, once: "g").status == 201)
    }

    @Test func `is free again after a refusal for who asks, or for the moment`() async throws {
        let company = try await TestCompany.make()
        let looking = try await company.post("/v1/api-keys", #"{"name":"x","scopes":["read"]}"#).text("key")
        let refused = try await company.send(
            .post, "/v1/agents", #"{"name":"x"}"#, headers: [.apiKey: looking, .idempotencyKey: "h"])
        #expect(refused.status == 403)
        #expect(try await company.post("/v1/agents", #"{"name":"x"}"#, once: "h").status == 201)
    }

    @Test("must be 1 to 255 visible ASCII characters", arguments: ["", "a b", "é", String(repeating: "k", count: 256)])
    func malformed(key: String) async throws {
        let answer = try await TestCompany.make().post("/v1/agents", #"{"name":"x"}"#, once: key)
        #expect(answer.status == 400)
        #expect(answer.code == "INVALID_IDEMPOTENCY_KEY")
    }

    @Test func `in use is 409, and free again when the first request ends`() async throws {
        let idempotency = Idempotency()
        let server = try await TestServer.shared.value
        let caller = try await server.issuer.authenticate(apiKey: try await server.company().key)
        let request = Request(
            head: HTTPRequest(
                method: .post, scheme: nil, authority: nil, path: "/v1/agents", headerFields: [.idempotencyKey: "k"]),
            body: .init(buffer: .init()))
        func once<Value>(_ body: (OnceOnly?) async throws -> Value) async throws -> Value {
            try await idempotency.once(request, body: [], caller: caller, requestID: "r", body)
        }
        try await once { _ in
            let problem = await #expect(throws: Problem.self) { try await once { _ in } }
            #expect(problem?.status == .conflict)
            #expect(problem?.code == .idempotencyKeyInUse)
            #expect(problem?.headers[.retryAfter] == "1")
        }
        try await once { _ in }
    }
}
