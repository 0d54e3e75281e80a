import Foundation
import HTTPTypes
import Issuer
import Testing

@testable import Server

@Suite struct `Resources` {
    @Test func `an agent is made, read, changed and deleted`() async throws {
        let company = try await TestCompany.make()
        let made = try await company.post("/v1/agents", #"{"name":"Buyer","description":"d","metadata":{"k":"v"}}"#)
        let id = try made.text("id")
        #expect(made.status == 201)
        #expect(made.headers[.location] == "/v1/agents/\(id)")
        #expect(
            made.string
                == #"{"id":"\#(id)","name":"Buyer","description":"d","status":"ACTIVE","metadata":{"k":"v"},"#
                + #""createdAt":"\#(TestServer.now.rfc3339)"}"#)
        #expect(try await company.get("/v1/agents/\(id)").body == made.body)
        let changed = try await company.send(.patch, "/v1/agents/\(id)", #"{"description":null,"status":"SUSPENDED"}"#)
        #expect(changed.status == 200)
        #expect(try changed.object()["description"] is NSNull)
        #expect(try changed.text("status") == "SUSPENDED")
        #expect(try changed.text("name") == "Buyer")
        #expect(try await company.get("/v1/agents").list().count == 1)
        let deleted = try await company.send(.delete, "/v1/agents/\(id)")
        #expect(deleted.status == 204)
        #expect(deleted.body.isEmpty)
        #expect(try await company.get("/v1/agents/\(id)").status == 404)
    }

    @Test func `a policy is read back as it was written, and can be sent again`() async throws {
        let company = try await TestCompany.make()
        let agent = try await company.agent()
        let terms =
            #""name":"Cloud","agentId":"\#(agent)","enabled":false,"mode":"SHADOW","currency":"EUR","#
            + #""timeZone":"Europe/Zurich","limits":[{"interval":"DAILY","amount":100},{"interval":"WEEKLY","count":3},"#
            + #"{"interval":"ROLLING","seconds":3600,"amount":7,"count":8}],"#
            + #""counter":"PER_AGENT","merchants":{"allow":["a","b"],"block":[]},"#
            + #""categories":{"allow":[],"block":["5734"]},"countries":null,"#
            + #""schedule":{"days":["MON","SAT"],"from":"22:00","to":"06:30"},"approval":{"above":50}"#
        let made = try await company.post("/v1/policies", "{\(terms)}")
        #expect(made.status == 201)
        #expect(made.headers[.eTag] == "\"1\"")
        #expect(made.string.contains(terms))
        let id = try made.text("id")
        let replaced = try await company.send(.put, "/v1/policies/\(id)", "{\(terms)}")
        #expect(replaced.status == 200)
        #expect(replaced.headers[.eTag] == "\"2\"")
        #expect(try await company.get("/v1/policies?agentId=\(agent)").list().count == 1)
        #expect(try await company.get("/v1/agents/\(agent)/policies").list().count == 1)
        #expect(try await company.send(.delete, "/v1/policies/\(id)").status == 204)
        #expect(try await company.get("/v1/policies/\(id)").status == 404)
    }

    @Test func `a policy is put back as it was read, changed or not, and never in another's place`() async throws {
        let company = try await TestCompany.make()
        let (id, other) = (try await company.policy(), try await company.policy())
        let read = try await company.get("/v1/policies/\(id)").string
        let put = try await company.send(
            .put, "/v1/policies/\(id)", read.replacing(#""name":""#, with: #""name":"New "#))
        #expect(put.status == 200 && put.headers[.eTag] == "\"2\"")
        #expect(try put.text("name").hasPrefix("New ") && put.text("id") == id)
        let before = try await company.get("/v1/policies/\(other)").string
        let elsewhere = try await company.send(.put, "/v1/policies/\(other)", read)
        #expect(
            elsewhere.status == 422 && elsewhere.string.contains(#""errors":[{"field":"id","code":"INVALID_VALUE""#))
        #expect(try await company.get("/v1/policies/\(other)").string == before)
        #expect(try await company.post("/v1/policies", read).text("code") == "UNKNOWN_FIELD")
    }

    @Test func `an agent's policies come newest first, in pages`() async throws {
        let company = try await TestCompany.make()
        let agent = try await company.agent()
        var made: [String] = []
        for _ in 0..<3 { made.insert(try await company.policy(), at: 0) }
        let path = "/v1/agents/\(agent)/policies"
        #expect(try await company.get(path).list().map { $0["id"] as? String } == made)
        let first = try await company.get("\(path)?limit=2")
        let rest = try await company.get("\(path)?limit=2&cursor=\(try first.text("nextCursor"))")
        #expect(try (first.list() + rest.list()).map { $0["id"] as? String } == made)
        #expect(try rest.object()["nextCursor"] is NSNull)
        for query in ["limit=0", "limit=201", "cursor=x"] {
            #expect(try await company.get("\(path)?\(query)").status == 422, "\(query)")
        }
    }

    @Test func `a policy's versions are listed newest first, also when it is gone`() async throws {
        let company = try await TestCompany.make()
        let id = try await company.policy()
        let terms = #"{"name":"Second","currency":"USD","limits":[{"interval":"ROLLING","seconds":60,"count":1}]}"#
        _ = try await company.send(.put, "/v1/policies/\(id)", terms)
        let first = try await company.get("/v1/policies/\(id)/versions?limit=1")
        #expect(first.status == 200)
        let head = #"""
            {"data":[{"policyId":"\#(id)","version":2,"writtenAt":"\#(TestServer.now.rfc3339)","writtenBy":"key_
            """#
        let tail = #"""
            "terms":{"name":"Second","agentId":null,"enabled":true,"mode":"ENFORCE","currency":"USD","timeZone":"UTC",\#
            "limits":[{"interval":"ROLLING","seconds":60,"count":1}],"counter":"SHARED","merchants":null,\#
            "categories":null,"countries":null,"schedule":null,"approval":null}}],"nextCursor":"2","deletedAt":null}
            """#
        #expect(first.string.hasPrefix(head))
        #expect(first.string.hasSuffix(tail))
        let second = try await company.get("/v1/policies/\(id)/versions?limit=1&cursor=2")
        #expect(try second.list().map { $0["version"] as? Int } == [1])
        #expect(try second.object()["nextCursor"] is NSNull)
        #expect(try await company.send(.delete, "/v1/policies/\(id)").status == 204)
        #expect(try await company.get("/v1/policies/\(id)/versions").text("deletedAt") == TestServer.now.rfc3339)
        let one = try await company.get("/v1/policies/\(id)/versions/1")
        #expect(one.status == 200)
        #expect((try one.object()["terms"] as? [String: Any])?["name"] as? String == "Cloud")
        for missing in ["0", "3", "-1", "+1", "01", "1.0", "x", "99999999999999999999"] {
            #expect(try await company.get("/v1/policies/\(id)/versions/\(missing)").code == "NOT_FOUND")
        }
        #expect(
            try await company.get("/v1/policies/\(id)/versions?cursor=pol_x").fieldErrors == ["cursor INVALID_VALUE"])
        let stranger = try await TestCompany.make()
        #expect(try await stranger.get("/v1/policies/\(id)/versions").status == 404)
    }

    @Test func `what contradicts in a policy is in the answers to writing and reading it`() async throws {
        let company = try await TestCompany.make()
        let odd =
            #"{"name":"Odd","currency":"USD","limits":[{"interval":"DAILY","amount":2},{"interval":"MONTHLY","amount":1}]}"#
        let made = try await company.post("/v1/policies", odd, once: "k")
        let id = try made.text("id")
        let warnings = #"""
            "warnings":[{"code":"LIMIT_ABOVE_LONGER","fields":["limits[0].amount","limits[1].amount"],\#
            "message":"The amount of 2 a day is never reached: 1 a month is reached first.","policyIds":[]}]}
            """#
        let answers = [
            made, try await company.post("/v1/policies", odd, once: "k"), try await company.get("/v1/policies/\(id)"),
            try await company.send(.put, "/v1/policies/\(id)", odd),
        ]
        for answer in answers { #expect(answer.string.hasSuffix(warnings), "\(answer.string)") }
        #expect(answers.map(\.status) == [201, 201, 200, 200])
        #expect(answers[1].body == made.body)
        let sound = try await company.get("/v1/policies/\(try await company.policy())")
        #expect(sound.string.hasSuffix(#""warnings":[]}"#))
    }

    @Test func `a policy is tried on the past, with every figure, in order`() async throws {
        let company = try await TestCompany.make()
        let agent = try await company.agent()
        let policy = try await company.policy(#""limits":[{"interval":"DAILY","amount":1000}]"#)
        let first = try await company.authorize(agent, 800).text("id")
        let second = try await company.authorize(agent, 300).text("id")
        let answer = try await company.post(
            "/v1/policies/simulate",
            #"{"policy":{"name":"x","currency":"USD","limits":[{"interval":"PER_AUTHORIZATION","amount":500}]},"#
                + #""replaces":"\#(policy)","from":"2026-11-01T00:00:00Z","to":"2026-12-01T00:00:00Z"}"#)
        let now = TestServer.now.rfc3339
        let expected = #"""
            {"from":"2026-11-01T00:00:00.000Z","to":"2026-12-01T00:00:00.000Z","evaluatedTo":"2026-12-01T00:00:00.000Z",\#
            "complete":true,"priorComplete":true,"requestsMax":50000,"rangeSecondsMax":31622400,\#
            "requests":{"count":2,"amount":1100},"allowed":{"count":1,"amount":300},"denied":{"count":1,"amount":800},\#
            "held":{"count":0,"amount":0},"newlyDenied":{"count":1,"amount":800},"newlyHeld":{"count":0,"amount":0},\#
            "newlyAllowed":{"count":1,"amount":300},\#
            "byReason":[{"code":"PER_AUTHORIZATION_LIMIT_EXCEEDED","count":1,"amount":800}],"affectedTotal":2,\#
            "affected":[{"authorizationId":"\#(second)","agentId":"\#(agent)","amount":300,"currency":"USD",\#
            "merchant":null,"createdAt":"\#(now)","decision":"DENIED","status":"DENIED","wouldBe":"APPROVED",\#
            "change":"NEWLY_ALLOWED","reasons":[]},{"authorizationId":"\#(first)","agentId":"\#(agent)","amount":800,\#
            "currency":"USD","merchant":null,"createdAt":"\#(now)","decision":"APPROVED","status":"PENDING",\#
            "wouldBe":"DENIED","change":"NEWLY_DENIED","reasons":[{"code":"PER_AUTHORIZATION_LIMIT_EXCEEDED",\#
            "policyId":"\#(policy)","message":"\"x\" allows at most 500 minor units of USD for one authorization.",\#
            "interval":"PER_AUTHORIZATION","limit":500,"spent":0,"requested":800,"remaining":500,"resetsAt":null}]}]}
            """#
        #expect(answer.status == 200)
        #expect(answer.string == expected)
    }

    @Test(
        "a simulation that cannot be is refused by field",
        arguments: [
            (#"{}"#, ["policy REQUIRED", "from REQUIRED", "to REQUIRED"]),
            (
                #"{"policy":{"currency":"USD","limits":[{"interval":"DAILY","amonut":1}]},"from":"x","to":1}"#,
                [
                    "policy.name REQUIRED", "policy.limits[0].amonut UNKNOWN_FIELD", "policy.limits[0] INVALID_VALUE",
                    "from INVALID_VALUE", "to WRONG_TYPE",
                ]
            ),
            (
                #"{"policy":{"name":"x","currency":"USD"},"from":"2026-01-02T00:00:00Z","to":"2026-01-02T00:00:00Z"}"#,
                ["to INVALID_VALUE"]
            ),
            (
                #"{"policy":{"name":"x","currency":"USD"},"from":"2026-01-02T00:00:00Z","to":"2027-01-04T00:00:00Z"}"#,
                ["to OUT_OF_RANGE"]
            ),
            (
                #"{"policy":7,"from":"2026-01-02T00:00:00Z","to":"2026-01-03T00:00:00Z","dryRun":true}"#,
                ["dryRun UNKNOWN_FIELD", "policy WRONG_TYPE"]
            ),
        ])
    func badSimulation(body: String, fields: [String]) async throws {
        let answer = try await TestCompany.shared.value.post("/v1/policies/simulate", body)
        #expect(answer.status == 422)
        #expect(answer.fieldErrors == fields)
    }

    @Test func `other methods on the simulation are told which it takes`() async throws {
        let company = try await TestCompany.shared.value
        for method in [HTTPRequest.Method.get, .put, .delete] {
            let answer = try await company.send(method, "/v1/policies/simulate", method == .put ? "{}" : nil)
            #expect(answer.status == 405)
            #expect(answer.headers[.allow] == "POST")
        }
    }

    @Test(
        "If-Match guards a policy against lost changes",
        arguments: [
            ("\"1\"", 200), ("*", 200), ("\"2\"", 412), ("\"0\"", 412), ("W/\"1\"", 412), ("\"x\"", 412),
            ("\"01\"", 412),
            ("\"\"", 412), ("\"2\",\"1\"", 200), ("\"a,b\" ,  W/\"1\"", 412), ("1", 400), ("\"", 400), ("", 400),
            ("\"1\",", 400),
            ("\"1\" \"2\"", 400), ("\"1\", *", 400),
        ])
    func ifMatch(tags: String, status: Int) async throws {
        let company = try await TestCompany.make()
        let id = try await company.policy()
        let answer = try await company.send(
            .put, "/v1/policies/\(id)", #"{"name":"x","currency":"USD"}"#, headers: [.ifMatch: tags])
        #expect(answer.status == status)
        // The second version's tag, where the first was replaced.
        let renamed = status == 200 && tags != "*" ? "\"2\"" : tags
        let gone = try await company.send(.delete, "/v1/policies/\(id)", headers: [.ifMatch: renamed])
        #expect(gone.status == (status == 200 ? 204 : status))
    }

    @Test func `an API key is shown whole once`() async throws {
        let company = try await TestCompany.make()
        let made = try await company.post("/v1/api-keys", #"{"name":"CI","expiresAt":"2030-01-01T00:00:00Z"}"#)
        let (id, key) = (try made.text("id"), try made.text("key"))
        let prefix = String(key.prefix("ag_live_".count + 12))
        #expect(made.status == 201)
        #expect(
            made.string
                == #"{"id":"\#(id)","name":"CI","prefix":"\#(prefix)","key":"\#(key)","scopes":["authorize","read","manage"],"#
                + #""createdAt":"\#(TestServer.now.rfc3339)","lastUsedAt":null,"expiresAt":"2030-01-01T00:00:00.000Z","#
                + #""agentId":null,"environment":"live"}"#)
        #expect(!(try await company.get("/v1/api-keys").string.contains(key)))
    }

    @Test func `a key cannot give what it lacks`() async throws {
        let company = try await TestCompany.make()
        let key = try await company.post("/v1/api-keys", #"{"name":"k"}"#).text("key")
        let answer = try await company.send(
            .post, "/v1/api-keys", #"{"name":"k","scopes":["approve"]}"#, headers: [.apiKey: key])
        #expect(answer.status == 403)
    }

    @Test func `the key set is public, cacheable and conditional`() async throws {
        let server = try await TestServer.shared.value
        let first = try await server.send(.get, "/.well-known/jwks.json")
        let etag = try #require(first.headers[.eTag])
        #expect(first.status == 200)
        #expect(first.headers[.contentType] == "application/jwk-set+json")
        #expect(first.headers[.cacheControl] == "public, max-age=300, must-revalidate")
        #expect((try first.object()["keys"] as? [[String: Any]])?.count == 2)
        for known in [etag, "W/\(etag)", "\"x\", \(etag)", "*"] {
            let second = try await server.send(.get, "/.well-known/jwks.json", headers: [.ifNoneMatch: known])
            #expect(second.status == 304)
            #expect(second.body.isEmpty)
            #expect(second.headers[.eTag] == etag)
            #expect(second.headers[.cacheControl] == first.headers[.cacheControl])
        }
        let other = try await server.send(.get, "/.well-known/jwks.json", headers: [.ifNoneMatch: "\"x\""])
        #expect(other.status == 200)
    }

    @Test("health is told without a key", arguments: ["/healthz", "/readyz"])
    func health(path: String) async throws {
        #expect(try await TestServer.shared.value.send(.get, path).status == 200)
    }
}
