import HTTPTypes
import Issuer
import Synchronization
import Testing

@testable import Server

@Suite struct `Rate limits` {
    private func server(
        _ rates: RateSettings, _ uptime: @escaping @Sendable () -> Int64 = { 0 }
    ) async throws -> TestServer {
        try await TestServer(rates: rates, uptime: uptime)
    }

    @Test func `a key over its rate is told when to come back, and passes then`() async throws {
        let now = Mutex<Int64>(0)
        let server = try await server(RateSettings(perKey: 2)) { now.withLock { $0 } }
        let company = try await server.company()
        for remaining in [3, 2, 1, 0] {
            let answer = try await company.get("/v1/agents")
            #expect(answer.status == 200)
            #expect(answer.headers[.rateLimitPolicy] == #""key";q=4;w=2, "company";q=40;w=2"#)
            #expect(answer.headers[.rateLimitLimit] == "4" && answer.headers[.rateLimitRemaining] == "\(remaining)")
        }
        let refused = try await company.post("/v1/agents", #"{"name":"Buyer"}"#)
        #expect(refused.status == 429 && refused.code == "RATE_LIMITED")
        #expect(refused.headers[.retryAfter] == "1" && refused.headers[.rateLimitRemaining] == "0")
        #expect(refused.headers[.rateLimit]?.hasPrefix(#""key";r=0;t=2, "company";r=3"#) == true)
        #expect(refused.headers[.connection] == "close", "its body was not read")
        now.withLock { $0 = 500_000_000 }
        #expect(try await company.get("/v1/agents").status == 200)
        #expect(try await company.get("/v1/agents").status == 429)
    }

    @Test func `a refusal of another kind says how the limit stands too`() async throws {
        let company = try await server(RateSettings(perKey: 5)).company()
        let missing = try await company.get("/v1/agents/agt_00000000000000000000000000")
        #expect(missing.status == 404 && missing.headers[.rateLimitRemaining] == "9")
    }

    @Test func `what needs no key is not limited, and without limits nothing is said of them`() async throws {
        let server = try await server(RateSettings(perKey: 1))
        for _ in 0..<5 {
            let answer = try await server.send(.get, "/healthz")
            #expect(answer.status == 200 && answer.headers[.rateLimit] == nil)
        }
        let company = try await TestCompany.shared.value
        for _ in 0..<5 {
            let answer = try await company.get("/v1/agents")
            #expect(answer.status == 200 && answer.headers[.rateLimitLimit] == nil)
        }
    }
}
