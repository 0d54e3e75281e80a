import Foundation
import HTTPTypes
import Issuer
import Testing

@testable import Server

@Suite struct `Authorizing` {
    @Test func `an approval has every member, in order`() async throws {
        let company = try await TestCompany.make()
        let (agent, policy) = (try await company.agent(), try await company.policy())
        let answer = try await company.post(
            "/v1/authorize",
            #"{"agentId":"\#(agent)","amount":1999,"currency":"USD","merchant":{"id":"m_aws","country":"US"},"#
                + #""description":"Fährte \"1\"","metadata":{"b":"2","a":"1"},"expiresIn":60}"#)
        #expect(answer.status == 200)
        let (id, token) = (try answer.text("id"), try answer.text("token"))
        #expect(id.hasPrefix("auth_"))
        #expect(token.split(separator: ".").count == 3)
        #expect(
            answer.string
                == #"{"id":"\#(id)","agentId":"\#(agent)","decision":"APPROVED","status":"PENDING","amount":1999,"#
                + #""confirmedAmount":null,"currency":"USD","merchant":{"id":"m_aws","country":"US"},"reasons":[],"#
                + #""token":"\#(token)","expiresAt":"\#(TestServer.now.seconded(60))","#
                + #""createdAt":"\#(TestServer.now.rfc3339)","metadata":{"a":"1","b":"2"},"#
                + #""holdExpiresAt":"\#(TestServer.now.seconded(3660))","description":"Fährte \"1\"","late":false,"#
                + #""policies":[{"id":"\#(policy)","version":1,"effect":"ALLOW"}],"shadowReasons":[]}"#)
    }

    @Test(
        "a token is for who may spend: others see the claims alone",
        arguments: [
            (#"["read"]"#, false), (#"["read","approve"]"#, false), (#"["read","manage"]"#, false),
            (#"["authorize","read"]"#, true),
        ])
    func tokenHolders(_ scopes: String, _ mayHold: Bool) async throws {
        let company = try await TestCompany.make()
        let agent = try await company.agent()
        try await company.policy()
        let made = try await company.authorize(agent, 1999)
        let key = try await company.post("/v1/api-keys", #"{"name":"Key","scopes":\#(scopes)}"#).text("key")
        let other = TestCompany(server: company.server, key: key)
        let seen = try await other.get("/v1/authorize/\(made.text("id"))")
        #expect(seen.status == 200)
        #expect(try (seen.object()["token"] as? String) == (mayHold ? made.text("token") : nil))
        #expect(try seen.text("status") == "PENDING")
    }

    @Test func `a decision is explained, every policy and counter, in order`() async throws {
        let company = try await TestCompany.make()
        let agent = try await company.agent()
        let policy = try await company.policy(
            #""limits":[{"interval":"ROLLING","seconds":60,"amount":1000,"count":9},"#
                + #"{"interval":"PER_AUTHORIZATION","amount":600}]"#)
        _ = try await company.authorize(agent, 600)
        let id = try await company.authorize(agent, 500).text("id")
        let answer = try await company.get("/v1/authorize/\(id)/explain")
        let (now, start) = (TestServer.now.rfc3339, "2026-11-23T09:29:00.124Z")
        let reasons = try #require(answer.string.firstRange(of: #""reasons":["#))
        let shadows = try #require(answer.string.firstRange(of: #","shadowReasons""#))
        let head = #"""
            {"id":"\#(id)","agentId":"\#(agent)","decision":"DENIED","status":"DENIED","amount":500,"currency":"USD",\#
            "merchant":null,"audience":"paitify:processor","createdAt":"\#(now)",
            """#
        let tail = #"""
            ,"shadowReasons":[],"evaluatedAt":"\#(now)","agentStatus":"ACTIVE","approvedByPerson":false,\#
            "policyDecision":"DENIED","policies":[{"id":"\#(policy)","version":1,"name":"Cloud","mode":"ENFORCE",\#
            "effect":"DENY","limits":[{"interval":"ROLLING","seconds":60,"unit":"AMOUNT","scope":"COMPANY",\#
            "periodStart":"\#(start)","periodEnd":null,"limit":1000,"before":600,"requested":500,"exceeded":true},\#
            {"interval":"ROLLING","seconds":60,"unit":"COUNT","scope":"COMPANY","periodStart":"\#(start)",\#
            "periodEnd":null,"limit":9,"before":1,"requested":1,"exceeded":false},{"interval":"PER_AUTHORIZATION",\#
            "unit":"AMOUNT","scope":null,"periodStart":null,"periodEnd":null,"limit":600,"before":0,"requested":500,\#
            "exceeded":false}]}],"reevaluated":{"decision":"DENIED","matches":true},"held":null}
            """#
        #expect(answer.status == 200)
        #expect(answer.string[..<reasons.lowerBound] == head)
        #expect(answer.string[shadows.lowerBound...] == tail)
    }

    @Test func `what a shadow policy would have said is in the answer, and in every later look at it`() async throws {
        let company = try await TestCompany.make()
        let agent = try await company.agent()
        try await company.policy()
        let shadow = try await company.policy(
            #""mode":"SHADOW","limits":[{"interval":"PER_AUTHORIZATION","amount":100}],"approval":{"above":10}"#)
        let answer = try await company.authorize(agent, 101)
        let id = try answer.text("id")
        let dryRun = try await company.post(
            "/v1/authorize?dryRun=true", #"{"agentId":"\#(agent)","amount":101,"currency":"USD"}"#)
        let answers = [
            answer, dryRun, try await company.get("/v1/authorize/\(id)"),
            try await company.get("/v1/authorize/\(id)/explain"),
        ]
        for answer in answers {
            #expect(try answer.text("decision") == "APPROVED")
            let reasons = try #require(try answer.object()["shadowReasons"] as? [[String: Any]])
            #expect(reasons.map { $0["code"] as? String } == ["PER_AUTHORIZATION_LIMIT_EXCEEDED"])
            #expect(reasons.map { $0["policyId"] as? String } == [shadow])
        }
        let listed = try #require(try await company.get("/v1/authorizations").list().first)
        #expect((listed["shadowReasons"] as? [Any])?.count == 1)
        #expect(try await company.authorize(agent, 9).object()["shadowReasons"] as? [String] != nil)
    }

    @Test func `a denial says every figure`() async throws {
        let company = try await TestCompany.make()
        let agent = try await company.agent()
        let policy = try await company.policy()
        let answer = try await company.authorize(agent, 10_001)
        let reason = try #require((try answer.object()["reasons"] as? [[String: Any]])?.first)
        #expect(answer.status == 200)
        #expect(try answer.text("decision") == "DENIED")
        #expect(reason["code"] as? String == "DAILY_LIMIT_EXCEEDED")
        #expect(reason["policyId"] as? String == policy)
        #expect(reason["interval"] as? String == "DAILY")
        #expect(
            ["limit", "spent", "requested", "remaining"].map { reason[$0] as? Int } == [10_000, 0, 10_001, 10_000])
        #expect(reason["resetsAt"] is String)
    }

    @Test func `a rolling limit's denial and budget say how long it is and when enough will have left`() async throws {
        let company = try await TestCompany.make()
        let agent = try await company.agent()
        try await company.policy(#""limits":[{"interval":"ROLLING","seconds":3600,"amount":1000}]"#)
        #expect(try await company.authorize(agent, 600).text("decision") == "APPROVED")
        let denied = try await company.authorize(agent, 500)
        #expect(
            denied.string.contains(
                #""interval":"ROLLING","seconds":3600,"limit":1000,"spent":600,"requested":500,"remaining":400,"#
                    + #""resetsAt":"\#(TestServer.now.adding(seconds: 3600).rfc3339)"}]"#), "\(denied.string)")
        let budget = try await company.get("/v1/budget/\(agent)")
        #expect(budget.string.contains(#""interval":"ROLLING","seconds":3600,"currency":"USD","limit":1000,"#))
        #expect(budget.string.contains(#""resetsAt":"\#(TestServer.now.adding(seconds: 3600).rfc3339)""#))
    }

    @Test func `a dry run reserves nothing and signs nothing`() async throws {
        let company = try await TestCompany.make()
        let agent = try await company.agent()
        try await company.policy()
        let answer = try await company.post(
            "/v1/authorize?dryRun=true", #"{"agentId":"\#(agent)","amount":1,"currency":"USD"}"#)
        #expect(answer.status == 200)
        #expect(try answer.text("decision") == "APPROVED")
        #expect(try answer.object()["id"] is NSNull)
        #expect(try answer.object()["token"] is NSNull)
        #expect(try await company.get("/v1/authorizations").list().isEmpty)
    }

    @Test func `confirming finalises, and a second time changes nothing`() async throws {
        let company = try await TestCompany.make()
        let agent = try await company.agent()
        try await company.policy()
        let id = try await company.authorize(agent, 500).text("id")
        #expect(
            try await company.post("/v1/authorize/\(id)/confirm", #"{"amount":501}"#).code
                == "CONFIRM_EXCEEDS_AUTHORIZED")
        for _ in 1...2 {
            let answer = try await company.post("/v1/authorize/\(id)/confirm", #"{"amount":400}"#)
            #expect(answer.status == 200)
            #expect(try answer.text("status") == "CONFIRMED")
            #expect(try answer.object()["confirmedAmount"] as? Int == 400)
        }
        let void = try await company.post("/v1/authorize/\(id)/void")
        #expect(void.status == 409)
        #expect(void.code == "INVALID_STATE")
    }

    @Test("a body that may be left out is read when it is there", arguments: ["confirm", "void"])
    func optionalBodies(verb: String) async throws {
        let company = try await TestCompany.make()
        let agent = try await company.agent()
        try await company.policy()
        let id = try await company.authorize(agent, 500).text("id")
        #expect(try await company.post("/v1/authorize/\(id)/\(verb)", #"{"amuont":1}"#).code == "UNKNOWN_FIELD")
        #expect(try await company.post("/v1/authorize/\(id)/\(verb)", "[]").status == 400)
        let typeless = try await company.server.send(
            .post, "/v1/authorize/\(id)/\(verb)", headers: [.apiKey: company.key], body: Array("{}".utf8))
        #expect(typeless.status == 415)
        #expect(try await company.post("/v1/authorize/\(id)/\(verb)").status == 200)
    }

    @Test func `a held request is 202, listed, and approved once`() async throws {
        let company = try await TestCompany.make()
        let agent = try await company.agent()
        try await company.policy(#""limits":[{"interval":"DAILY","amount":10000}],"approval":{"above":100}"#)
        let held = try await company.authorize(agent, 101)
        #expect(held.status == 202)
        let id = try held.text("id")
        let listed = try await company.get("/v1/approvals").list()
        #expect(listed.map { $0["authorizationId"] as? String } == [id])
        #expect(listed.first?["requestedAt"] as? String == TestServer.now.rfc3339)
        let approved = try await company.post("/v1/approvals/\(id)/approve", #"{"note":"fine"}"#)
        #expect(approved.status == 200)
        #expect(try approved.text("decision") == "APPROVED")
        #expect(try approved.object()["token"] is String)
        #expect(try await company.post("/v1/approvals/\(id)/deny").status == 409)
    }

    @Test func `a list goes from page to page, newest first`() async throws {
        let company = try await TestCompany.make()
        let agent = try await company.agent()
        try await company.policy()
        var ids: [String] = []
        for _ in 1...3 { ids.insert(try await company.authorize(agent, 1).text("id"), at: 0) }
        let first = try await company.get("/v1/authorizations?limit=2&agentId=\(agent)&status=PENDING")
        #expect(try first.list().map { $0["id"] as? String } == [ids[0], ids[1]])
        let second = try await company.get("/v1/authorizations?limit=2&cursor=\(try first.text("nextCursor"))")
        #expect(try second.list().map { $0["id"] as? String } == [ids[2]])
        #expect(try second.object()["nextCursor"] is NSNull)
    }

    @Test func `the budget counts what is reserved and what is confirmed`() async throws {
        let company = try await TestCompany.make()
        let (agent, policy) = (try await company.agent(), try await company.policy())
        _ = try await company.authorize(agent, 300)
        let id = try await company.authorize(agent, 200).text("id")
        _ = try await company.post("/v1/authorize/\(id)/confirm")
        let report = try await company.get("/v1/budget/\(agent)")
        let budget = try #require((try report.object()["budgets"] as? [[String: Any]])?.first)
        #expect(try report.text("agentId") == agent)
        #expect(try report.text("asOf") == TestServer.now.rfc3339)
        #expect(budget["policyId"] as? String == policy)
        #expect(
            ["limit", "confirmed", "reserved", "remaining"].map { budget[$0] as? Int } == [10_000, 200, 300, 9500])
        #expect(budget["scope"] as? String == "COMPANY")
    }
}

extension Instant {
    /// The whole second so many seconds later: what a token's `exp` can say.
    fileprivate func seconded(_ seconds: Int64) -> String {
        Instant(seconds: self.seconds).adding(seconds: seconds).rfc3339
    }
}
