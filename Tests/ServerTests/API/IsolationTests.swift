import Foundation
import HTTPTypes
import Testing

@testable import Server

@Suite struct `One company's things` {
    @Test func `look to another as if they were not there`() async throws {
        let (ours, theirs) = (try await TestCompany.make(), try await TestCompany.make())
        let agent = try await theirs.agent()
        let policy = try await theirs.policy(
            #""limits":[{"interval":"DAILY","amount":10000}],"approval":{"above":100}"#)
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
        let policy = try await theirs.policy()
        let spend = try await theirs.authorize(agent, 5).text("id")
        let key = try await theirs.post("/v1/api-keys", #"{"name":"k"}"#).text("id")
        func shape(_ method: HTTPRequest.Method, _ path: String, _ id: String) async throws -> String {
            let target = path.replacingOccurrences(of: "ID", with: id)
            let answer = try await ours.send(method, target, headers: [.requestID: "same"])
            return "\(answer.status) \(answer.string)".replacingOccurrences(of: id, with: "ID")
        }
        let paths: [(HTTPRequest.Method, String, String)] = [
            (.get, "/v1/agents/ID", agent), (.get, "/v1/budget/ID", agent), (.get, "/v1/agents/ID/policies", agent),
            (.get, "/v1/policies/ID", policy), (.get, "/v1/authorize/ID", spend),
            (.post, "/v1/authorize/ID/void", spend),
            (.post, "/v1/approvals/ID/approve", spend), (.post, "/v1/approvals/ID/deny", spend),
            (.delete, "/v1/api-keys/ID", key),
        ]
        for (method, path, id) in paths {
            let expected = try await shape(method, path, id)
            let prefix = id.prefix { $0 != "_" }
            for impossible in ["\(prefix)_00000000000000000000000000", "\(prefix)_x", "nonsense"] {
                #expect(try await shape(method, path, impossible) == expected, "\(method) \(path)")
            }
        }
    }
}
