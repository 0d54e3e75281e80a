import Foundation
import HTTPTypes
import Issuer
import Synchronization
import Testing

@testable import Server

/// Every metric moves for its cause, by as much as it should, and nothing moves that should not.
@Suite struct `A metric moves` {
    /// The samples, by name with labels, that something changes; those that time or memory move are left out.
    private static func moved(
        _ server: TestServer, by action: () async throws -> Void
    ) async throws -> [String: Int64] {
        let before = try await samples(server)
        try await action()
        var changes = try await samples(server)
        for (name, value) in before { changes[name] = (changes[name] ?? 0) - value }
        // A store in memory has no second connection: the page itself asked it on the lane.
        for (name, value) in laned { changes[name] = (changes[name] ?? 0) - value }
        return changes.filter { $0.value != 0 }
    }

    /// The server's own page is one request more each time, so what tells of that is left out.
    private static func samples(_ server: TestServer) async throws -> [String: Int64] {
        var samples: [String: Int64] = [:]
        for line in try await server.send(.get, "/metrics").string.split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: " ")
            guard !parts[0].hasPrefix("process_"), !parts[0].contains("/metrics"), let value = Int64(parts[1]) else {
                continue
            }
            guard !parts[0].contains("_bucket"), !parts[0].contains(#"stage="whole""#) else { continue }
            samples[String(parts[0])] = value
        }
        return samples
    }

    /// A server of the test's own, with a company that has an agent which may spend 100.00 USD a day.
    private static func company() async throws -> (TestCompany, agent: String) {
        let company = try await TestServer().company()
        let agent = try await company.agent()
        try await company.policy()
        return (company, agent)
    }

    private static func requests(_ method: String, _ route: String, _ status: Int) -> [String: Int64] {
        [
            #"paitify_http_requests_total{method="\#(method)",route="\#(route)",status="\#(status)"}"#: 1,
            #"paitify_http_request_duration_seconds_count{method="\#(method)",route="\#(route)"}"#: 1,
        ]
    }

    private static let remembered = #"paitify_api_key_checks_total{result="remembered"}"#

    /// One transaction on the lane, and its stages.
    private static let laned: [String: Int64] = [
        "paitify_lane_group_size_count": 1, "paitify_lane_group_size_sum": 1,
        #"paitify_stage_duration_seconds_count{stage="lane"}"#: 1,
        #"paitify_stage_duration_seconds_count{stage="transaction"}"#: 1,
        #"paitify_stage_duration_seconds_count{stage="commit"}"#: 1,
    ]
    /// A request with a key and a body, which came so far.
    private static let asked: [String: Int64] = [
        remembered: 1, #"paitify_stage_duration_seconds_count{stage="authenticate"}"#: 1,
        #"paitify_stage_duration_seconds_count{stage="read"}"#: 1,
        #"paitify_stage_duration_seconds_count{stage="parse"}"#: 1,
    ]
    private static let signed = [#"paitify_stage_duration_seconds_count{stage="sign"}"#: Int64(1)]

    private static func sum(_ parts: [String: Int64]...) -> [String: Int64] {
        parts.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
    }

    @Test func `with an approval`() async throws {
        let (company, agent) = try await Self.company()
        let moved = try await Self.moved(company.server) { _ = try await company.authorize(agent, 100) }
        #expect(
            moved
                == Self.sum(
                    Self.laned, Self.asked, Self.signed, Self.requests("POST", "/v1/authorize", 200),
                    [
                        #"paitify_decisions_total{decision="APPROVED",environment="live"}"#: 1,
                        "paitify_pending_reservations": 1,
                    ]))
    }

    @Test func `with a denial, for each of its reasons`() async throws {
        let (company, agent) = try await Self.company()
        let terms = #""limits":[{"interval":"DAILY","amount":100},{"interval":"PER_AUTHORIZATION","amount":50}]"#
        try await company.policy(terms)
        let moved = try await Self.moved(company.server) { _ = try await company.authorize(agent, 101) }
        #expect(
            moved
                == Self.sum(
                    Self.laned, Self.asked, Self.signed, Self.requests("POST", "/v1/authorize", 200),
                    [
                        #"paitify_decisions_total{decision="DENIED",environment="live"}"#: 1,
                        #"paitify_decision_reasons_total{environment="live",reason="DAILY_LIMIT_EXCEEDED"}"#: 1,
                        #"paitify_decision_reasons_total{environment="live",reason="PER_AUTHORIZATION_LIMIT_EXCEEDED"}"#:
                            1,
                    ]))
    }

    @Test func `not with an answer that is given again, but for that it was`() async throws {
        let (company, agent) = try await Self.company()
        _ = try await company.authorize(agent, 100, once: "order")
        let moved = try await Self.moved(company.server) { _ = try await company.authorize(agent, 100, once: "order") }
        #expect(
            moved
                == Self.sum(
                    Self.laned, Self.asked, Self.signed, Self.requests("POST", "/v1/authorize", 200),
                    ["paitify_idempotent_replays_total": 1]))
    }

    @Test func `not with a decision that is only tried`() async throws {
        let (company, agent) = try await Self.company()
        let moved = try await Self.moved(company.server) {
            _ = try await company.post(
                "/v1/authorize?dryRun=true", #"{"agentId":"\#(agent)","amount":100,"currency":"USD"}"#)
        }
        #expect(moved == Self.sum(Self.laned, Self.asked, Self.requests("POST", "/v1/authorize", 200)))
    }

    @Test func `when a person is asked, and again when the person says yes`() async throws {
        let (company, agent) = try await Self.company()
        try await company.policy(#""approval":{"above":50}"#)
        let id = Mutex("")
        let asking = try await Self.moved(company.server) {
            let held = try await company.authorize(agent, 60).text("id")
            id.withLock { $0 = held }
        }
        #expect(asking["paitify_held_approvals"] == 1 && asking["paitify_pending_reservations"] == nil)
        #expect(asking[#"paitify_decisions_total{decision="PENDING_APPROVAL",environment="live"}"#] == 1)
        #expect(asking[#"paitify_decision_reasons_total{environment="live",reason="APPROVAL_REQUIRED"}"#] == 1)
        #expect(asking[#"paitify_http_requests_total{method="POST",route="/v1/authorize",status="202"}"#] == 1)
        let deciding = try await Self.moved(company.server) {
            let approved = try await company.post("/v1/approvals/\(id.withLock(\.self))/approve")
            #expect(approved.status == 200)
        }
        #expect(deciding["paitify_held_approvals"] == -1 && deciding["paitify_pending_reservations"] == 1)
        #expect(deciding[#"paitify_decisions_total{decision="APPROVED",environment="live"}"#] == 1)
    }

    @Test("when a reservation ends", arguments: [("confirm", "confirmed"), ("void", "voided")])
    func ending(verb: String, outcome: String) async throws {
        let (company, agent) = try await Self.company()
        let id = try await company.authorize(agent, 100).text("id")
        let name = #"paitify_reservations_ended_total{environment="live",outcome="\#(outcome)"}"#
        let first = try await Self.moved(company.server) { _ = try await company.post("/v1/authorize/\(id)/\(verb)") }
        #expect(first[name] == 1 && first["paitify_pending_reservations"] == -1)
        #expect(first.keys.filter { $0.hasPrefix("paitify_decision") }.isEmpty)
        // Once more is not twice.
        let again = try await Self.moved(company.server) { _ = try await company.post("/v1/authorize/\(id)/\(verb)") }
        #expect(again[name] == nil)
    }

    @Test func `in the environment of the key`() async throws {
        let (company, _) = try await Self.company()
        let made = try await company.post("/v1/api-keys", #"{"name":"Trial","environment":"test"}"#)
        let trial = TestCompany(server: company.server, key: try made.text("key"))
        let agent = try await trial.agent()
        let moved = try await Self.moved(company.server) { _ = try await trial.authorize(agent, 100) }
        #expect(moved[#"paitify_decisions_total{decision="DENIED",environment="test"}"#] == 1)
        #expect(moved[#"paitify_decision_reasons_total{environment="test",reason="NO_APPLICABLE_POLICY"}"#] == 1)
        #expect(moved.keys.filter { $0.contains("live") }.isEmpty)
    }

    @Test func `with a key that is not right, and one that is seen for the first time`() async throws {
        let (company, _) = try await Self.company()
        let wrong = try await Self.moved(company.server) {
            _ = try await company.send(.get, "/v1/agents", headers: [.apiKey: "ag_live_nonsense"])
        }
        #expect(
            wrong
                == Self.sum(
                    Self.requests("GET", "/v1/agents", 401),
                    [
                        #"paitify_api_key_checks_total{result="wrong"}"#: 1,
                        #"paitify_http_problems_total{code="UNAUTHENTICATED"}"#: 1,
                    ]))
        let key = try await company.post("/v1/api-keys", #"{"name":"Worker"}"#).text("key")
        let first = try await Self.moved(company.server) {
            _ = try await company.send(.get, "/v1/agents", headers: [.apiKey: key])
        }
        #expect(first[#"paitify_api_key_checks_total{result="verified"}"#] == 1 && first[Self.remembered] == nil)
    }

    @Test func `with a request over its rate`() async throws {
        let server = try await TestServer(rates: RateSettings(perKey: 1))
        let company = try await server.company()
        for _ in 0..<2 { _ = try await company.get("/v1/agents") }
        let moved = try await Self.moved(server) { _ = try await company.get("/v1/agents") }
        #expect(
            moved
                == Self.sum(
                    Self.requests("GET", "/v1/agents", 429),
                    [
                        Self.remembered: 1, #"paitify_stage_duration_seconds_count{stage="authenticate"}"#: 1,
                        #"paitify_http_problems_total{code="RATE_LIMITED"}"#: 1,
                    ]))
    }

    @Test func `with a path that is not served, and a method that is not taken, under one name`() async throws {
        let server = try await TestServer()
        let moved = try await Self.moved(server) {
            _ = try await server.send(.get, "/v1/nonsense/ag_live_x")
            _ = try await server.send(.delete, "/healthz")
            _ = try await server.send(try #require(HTTPRequest.Method("BREW")), "/healthz")
        }
        #expect(
            moved == [
                #"paitify_http_requests_total{method="none",route="none",status="404"}"#: 1,
                #"paitify_http_requests_total{method="none",route="none",status="405"}"#: 2,
                #"paitify_http_request_duration_seconds_count{method="none",route="none"}"#: 3,
                #"paitify_http_problems_total{code="NO_SUCH_ROUTE"}"#: 1,
                #"paitify_http_problems_total{code="METHOD_NOT_ALLOWED"}"#: 2,
            ])
    }

    @Test func `when signing keys change`() async throws {
        let server = try await TestServer()
        let moved = try await Self.moved(server) {
            let first = try await server.issuer.rotateSigningKey()
            _ = try await server.issuer.revokeSigningKey(kid: try #require(first.retired))
        }
        #expect(moved[#"paitify_signing_keys{state="revoked"}"#] == 1)
        #expect(moved["paitify_jwks_sequence"] == 2)
        let page = try await server.send(.get, "/metrics").string
        #expect(page.contains("\npaitify_signing_key_age_seconds 0.000\n"))
        #expect(page.contains("\npaitify_signing_key_rotation_seconds 2592000.000\n"))
    }
}
