import Foundation
import HTTPTypes
import Testing

@testable import Server

@Suite struct `One company's things` {
    @Test func `look to another as if they were not there`() async throws {
        let (ours, theirs) = (try await TestCompany.make(), try await TestCompany.make())
        let agent = try await theirs.agent()
        let policy = try await theirs.policy(#""limits":[{"interval":"DAILY","amount":10000}],"approval":{"above":100}"#)
        let spend = try await theirs.authorize(agent, 5).text("id")
        let held = try await theirs.authorize(agent, 500).text("id")
        let key = try await theirs.post("/v1/api-keys", #"{"name":"k"}"#).text("id")

        let terms = #"{"name":"x","currency":"USD"}"#
        let attempts: [(HTTPRequest.Method, String, String?)] = [
            (.get, "/v1/agents/\(agent)", nil), (.patch, "/v1/agents/\(agent)", #"{"name":"x"}"#),
            (.delete, "/v1/agents/\(agent)", nil), (.get, "/v1/agents/\(agent)/policies", nil),
            (.get, "/v1/budget/\(agent)", nil), (.get, "/v1/policies/\(policy)", nil),
            (.put, "/v1/policies/\(policy)", terms), (.delete, "/v1/policies/\(policy)", nil),
            (.get, "/v1/authorize/\(spend)", nil), (.post, "/v1/authorize/\(spend)/confirm", nil),
            (.post, "/v1/authorize/\(spend)/void", nil), (.post, "/v1/approvals/\(held)/approve", nil),
            (.post, "/v1/approvals/\(held)/deny", nil), (.delete, "/v1/api-keys/\(key)", nil),
            (.post, "/v1/authorize", #"{"agentId":"\#(agent)","amount":1,"currency":"USD"}"#),
        ]
        for (method, path, body) in attempts {
            let answer = try await ours.send(method, path, body)
            #expect(answer.status == 404, "\(method) \(path)")
            #expect(answer.code == "NOT_FOUND", "\(method) \(path)")
        }
        for list in ["agents", "policies", "authorizations", "approvals"] {
            #expect(try await ours.get("/v1/\(list)").list().isEmpty)
        }
        #expect(try await theirs.get("/v1/authorize/\(spend)").text("status") == "PENDING")
        #expect(try await theirs.get("/v1/approvals").list().count == 1)
    }

    @Test func `another's and an impossible identifier give one answer`() async throws {
        let (ours, theirs) = (try await TestCompany.make(), try await TestCompany.make())
        let agent = try await theirs.agent()
        func shape(_ id: String) async throws -> String {
            let answer = try await ours.send(.get, "/v1/agents/\(id)", headers: [.requestID: "same"])
            return "\(answer.status) \(answer.string)".replacingOccurrences(of: id, with: "ID")
        }
        let expected = try await shape(agent)
        #expect(try await shape("agt_00000000000000000000000000") == expected)
        #expect(try await shape("agt_x") == expected)
        #expect(try await shape("nonsense") == expected)
    }
}
