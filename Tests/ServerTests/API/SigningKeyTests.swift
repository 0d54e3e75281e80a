import Foundation
import HTTPTypes
import Issuer
import Testing

@testable import Server

@Suite struct `Signing keys over the API` {
    private static let operatorKey = String(repeating: "operator", count: 4)

    private func states(_ answer: TestAnswer) throws -> [String: String] {
        var states: [String: String] = [:]
        for key in try answer.list() { states[key["state"] as? String ?? ""] = key["kid"] as? String }
        return states
    }

    @Test func `the operator rotates and revokes, once a retry, and everybody sees how the keys stand`() async throws {
        let server = try await TestServer(operatorKey: Self.operatorKey)
        let (company, bearer) = (try await server.company(), TestCompany(server: server, key: Self.operatorKey))
        let before = try states(try await company.get("/v1/keys"))
        let rotated = try await bearer.post("/v1/keys/rotate", once: "r")
        #expect(rotated.status == 200)
        #expect(try rotated.text("signing") == before["announced"] && rotated.text("retired") == before["signing"])
        let again = try await bearer.post("/v1/keys/rotate", once: "r")
        #expect(again.body == rotated.body && again.headers[.idempotentReplayed] == "true")
        let after = try states(try await company.get("/v1/keys"))
        #expect(after["signing"] == before["announced"] && after["retired"] == before["signing"])

        let tooNew = try await bearer.post("/v1/keys/rotate")
        #expect(tooNew.status == 409 && tooNew.code == "KEY_TOO_NEW" && tooNew.headers[.retryAfter] == "600")
        #expect(try await bearer.post("/v1/keys/rotate", #"{"force":false}"#).status == 409)
        let forced = try await bearer.post("/v1/keys/rotate", #"{"force":true}"#)
        #expect(try forced.object()["warning"] is String)

        let signing = try forced.text("signing")
        let revoked = try await bearer.post("/v1/keys/\(signing)/revoke")
        #expect(revoked.status == 200)
        #expect(try revoked.text("signing") != signing)
        let keySet = try await server.send(.get, "/.well-known/jwks.json")
        let successor = try revoked.text("signing")
        #expect(!keySet.string.contains(signing) && keySet.string.contains(successor))
        let unknown = try await bearer.post("/v1/keys/none/revoke")
        #expect(unknown.status == 404 && unknown.code == "NOT_FOUND")
    }

    @Test func `a company of several is refused, whatever its key may do`() async throws {
        let server = try await TestServer()
        let (one, other) = (try await server.company(), try await server.company())
        for company in [one, other] {
            for target in ["/v1/keys/rotate", "/v1/keys/x/revoke"] {
                let answer = try await company.post(target)
                #expect(answer.status == 403 && answer.code == "OPERATOR_ONLY")
            }
            #expect(try await company.get("/v1/keys").status == 200)
        }
    }

    @Test(
        arguments: [
            (#"{"force":1}"#, "force WRONG_TYPE"), (#"{"forced":true}"#, "forced UNKNOWN_FIELD"),
        ])
    func `a body that is not understood changes nothing`(_ body: String, _ error: String) async throws {
        let company = try await TestCompany.shared.value
        let answer = try await company.post("/v1/keys/rotate", body)
        #expect(answer.status == 422 && answer.fieldErrors == [error])
        #expect(try await company.send(.get, "/v1/keys/rotate").status == 405)
    }

    @Test func `the operator's key opens nothing of a company's, and sees the issuer's own log`() async throws {
        let server = try await TestServer(operatorKey: Self.operatorKey)
        let bearer = TestCompany(server: server, key: Self.operatorKey)
        #expect(try await bearer.post("/v1/agents", #"{"name":"X"}"#).code == "INSUFFICIENT_SCOPE")
        let log = try await bearer.get("/v1/audit").list()
        #expect(log.map { $0["action"] as? String } == ["SIGNING_KEY_ANNOUNCED", "SIGNING_KEY_ACTIVATED"])
        let wrong = TestCompany(server: server, key: Self.operatorKey.uppercased())
        #expect(try await wrong.get("/v1/keys").status == 401)
    }
}

@Suite struct `The audit log over the API` {
    @Test func `each entry says who, what, before and after, and in which request`() async throws {
        let company = try await TestCompany.make()
        let made = try await company.send(
            .post, "/v1/agents", #"{"name":"Buyer"}"#, headers: [.requestID: "my-request"])
        let id = try made.text("id")
        #expect(try await company.send(.patch, "/v1/agents/\(id)", #"{"status":"SUSPENDED"}"#).status == 200)
        let entries = try await company.get("/v1/audit?object=\(id)").list()
        #expect(entries.map { $0["action"] as? String } == ["AGENT_UPDATED", "AGENT_CREATED"])
        let (update, creation) = (entries[0], entries[1])
        #expect(creation["requestId"] as? String == "my-request" && creation["before"] is NSNull)
        #expect((creation["after"] as? [String: Any])?["name"] as? String == "Buyer")
        #expect((update["before"] as? [String: Any])?["status"] as? String == "ACTIVE")
        #expect((update["after"] as? [String: Any])?["status"] as? String == "SUSPENDED")
        #expect((update["actor"] as? String)?.hasPrefix("key_") == true)
        #expect(update["previousHash"] as? String == creation["hash"] as? String)
        #expect(
            Set(update.keys) == [
                "sequence", "at", "environment", "actor", "action", "object", "before", "after", "requestId",
                "companyId", "previousHash", "hash",
            ])
        let one = try await company.get("/v1/audit?action=AGENT_CREATED&limit=1&actor=\(update["actor"] ?? "")")
        #expect(try one.list().count == 1 && one.object()["nextCursor"] is NSNull)
    }

    @Test(arguments: ["action=AGENT_MADE", "objekt=x", "actor=", "limit=0", "cursor=-1", "cursor=agt_1"])
    func `a query that is not understood is refused`(_ query: String) async throws {
        #expect(try await TestCompany.shared.value.get("/v1/audit?\(query)").status == 422)
    }
}
