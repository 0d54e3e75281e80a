import Foundation
import HTTPTypes
import Issuer
import Testing

@testable import Server

/// Every route that the router has, asked by somebody of another company: a new one is asked too, without a line here.
///
/// A new kind of identifier needs its line in `things`; a new body or form, its members in `bodies` or `fields`.
@Suite struct `Every route, asked by another company` {
    /// In each name and text of the company's that is asked for.
    private static let mark = "kestrel"

    /// Routes that change what the browser itself is signed in as, or are answered for as long as somebody listens.
    private static let ofTheBrowser: Set<String> = [
        "/sign-in", "/sign-in/clerk", "/sign-up", "/sign-out", "/join", "/reset-password", "/account/password",
        "/session/environment", "/v1/signup", "/oidc/join", "/oidc/callback", "/oidc/sign-in", "/events",
    ]

    /// What one company has, by the part of a path that its identifier stands after.
    private struct Company {
        let owner: TestBrowser
        let id: String
        let things: [String: String]

        init(at server: TestServer, _ email: String = "\(mark)@example.com") async throws {
            owner = try await .signedUp(email, at: server)
            let headers: HTTPFields = [.csrfToken: try await owner.csrfToken()]
            let owner = owner
            func make(_ path: String, _ body: String) async throws -> String {
                try await owner.json(.post, path, body, headers: headers).text("id")
            }
            func first(_ path: String, _ member: String = "id") async throws -> String {
                try #require(try await owner.get(path).list().first?[member] as? String)
            }
            let agent = try await make("/v1/agents", #"{"name":"\#(mark) agent"}"#)
            let policy = try await make(
                "/v1/policies",
                #"{"name":"\#(mark) policy","agentId":"\#(agent)","currency":"USD","approval":{"above":100}}"#)
            func spend(_ amount: Int) async throws -> String {
                try await make(
                    "/v1/authorize",
                    #"{"agentId":"\#(agent)","amount":\#(amount),"currency":"USD","description":"\#(mark) note"}"#)
            }
            let (spent, held) = (try await spend(5), try await spend(500))
            let key = try await make("/v1/api-keys", #"{"name":"\#(mark) key"}"#)
            let invitation = try await make("/v1/invitations", #"{"role":"viewer","note":"\#(mark) guest"}"#)
            let member = try await first("/v1/members")
            let session = try await first("/v1/sessions")
            let kid = try await first("/v1/keys", "kid")
            id = try #require(try await owner.get("/v1/audit").list().first?["companyId"] as? String)
            things = [
                "agents": agent, "budget": agent, "policies": policy, "versions": "1", "authorize": spent,
                "authorizations": spent, "approvals": held, "api-keys": key, "invitations": invitation,
                "members": member,
                "sessions": session, "keys": kid, "signing-keys": kid,
            ]
        }

        /// All that was ever changed: nothing is without a line there.
        func log() async throws -> [String] {
            try await owner.get("/v1/audit?limit=200").list().compactMap { $0["hash"] as? String }
        }

        /// The path with its parameters in place; nil where there is none.
        func address(_ path: String) throws -> String? {
            guard path.contains(":") || path.contains("{") else { return nil }
            var before = ""
            return "/"
                + (try path.split(separator: "/").map { part in
                    defer { before = String(part) }
                    guard part.hasPrefix(":") || part.hasPrefix("{") else { return String(part) }
                    return try #require(things[before], "no identifier is known for \(path)")
                }).joined(separator: "/")
        }
    }

    private static func body(_ method: HTTPRequest.Method, _ path: String, of company: Company) -> String? {
        let agent = company.things["agents"] ?? ""
        let terms = #""name":"x","currency":"USD","agentId":"\#(agent)""#
        return switch (method, path) {
        case (.delete, _), (.get, _): nil
        case (.put, _), (.post, "/v1/policies"): "{\(terms)}"
        case (.post, "/v1/policies/simulate"): "{\(terms)}"
        case (.patch, let path) where path.hasPrefix("/v1/members"): #"{"role":"viewer"}"#
        case (.patch, _), (.post, "/v1/agents"): #"{"name":"x"}"#
        case (.post, "/v1/api-keys"): #"{"name":"x","agentId":"\#(agent)"}"#
        case (.post, "/v1/invitations"): #"{"role":"viewer"}"#
        case (.post, "/v1/authorize"): #"{"agentId":"\#(agent)","amount":1,"currency":"USD"}"#
        default: nil
        }
    }

    private static func fields(of company: Company, csrf: String) -> [String: String] {
        [
            "csrf": csrf, "agent": company.things["agents"] ?? "", "company": company.id, "name": "x", "wasName": "x",
            "wasDescription": "", "status": "SUSPENDED", "sure": "yes", "action": "save", "currency": "USD",
            "version": "1", "decision": "approve", "role": "viewer", "scope": "read", "theme": "dark",
        ]
    }

    @Test func `shows and changes nothing of this one's`() async throws {
        let server = try await TestServer.shared.value
        let ours = try await Company(at: server)
        let stranger = try await TestBrowser.signedUp("stranger-at-every-route@example.com", at: server)
        let csrf = try await stranger.csrfToken()
        let key = try await server.company().key
        let before = try await ours.log()
        var (addressed, listed) = (0, 0)
        for (method, path) in server.routes where method != .head && !Self.ofTheBrowser.contains(path) {
            let address = try ours.address(path)
            let isAPI = path.hasPrefix("/v1/")
            let body = Self.body(method, path, of: ours)
            var answers: [TestAnswer] = []
            if method == .post, !isAPI {
                answers.append(try await stranger.form(address ?? path, Self.fields(of: ours, csrf: csrf)))
            } else {
                var headers: HTTPFields = [.csrfToken: csrf]
                if body != nil { headers[.contentType] = "application/json" }
                answers.append(
                    try await stranger.send(
                        method, address ?? path, headers: headers, body: body.map { Array($0.utf8) }))
                headers[.csrfToken] = nil
                headers[.apiKey] = key
                if isAPI {
                    answers.append(
                        try await server.send(
                            method, address ?? path, headers: headers, body: body.map { Array($0.utf8) }))
                }
            }
            for answer in answers {
                #expect(!answer.string.contains(Self.mark), "\(method) \(path)")
                #expect(answer.status < 500, "\(method) \(path): \(answer.status)")
                guard address != nil else {
                    listed += 1
                    continue
                }
                addressed += 1
                // Signing keys are the issuer's and everybody's; members and sessions are no business of a key's.
                let isForbidden = ["OPERATOR_ONLY", "SESSION_ONLY"].contains { answer.string.contains($0) }
                #expect(
                    answer.status == 404 || (answer.status == 403 && isForbidden),
                    "\(method) \(path): \(answer.status) \(answer.code ?? "")")
            }
        }
        #expect(addressed > 50 && listed > 40)
        #expect(try await ours.log() == before)
        #expect(try await stranger.get("/v1/session").status == 200, "it was asked by somebody all along")
    }

    @Test func `shows a key bound to one agent nothing of another's, and lets it change nothing`() async throws {
        let server = try await TestServer.shared.value
        let ours = try await Company(at: server, "bound-keys@example.com")
        let csrf: HTTPFields = [.csrfToken: try await ours.owner.csrfToken()]
        let own = try await ours.owner.json(.post, "/v1/agents", #"{"name":"heron"}"#, headers: csrf).text("id")
        for whose in ["null", #""\#(own)""#] {
            _ = try await ours.owner.json(
                .post, "/v1/policies", #"{"name":"heron policy","agentId":\#(whose),"currency":"EUR"}"#, headers: csrf
            ).text("id")
        }
        let key = try await ours.owner.json(
            .post, "/v1/api-keys",
            #"{"name":"heron key","agentId":"\#(own)","scopes":["authorize","read","approve"]}"#, headers: csrf
        ).text("key")
        func ask(_ method: HTTPRequest.Method, _ target: String, _ body: String?) async throws -> TestAnswer {
            var headers: HTTPFields = [.apiKey: key]
            if body != nil { headers[.contentType] = "application/json" }
            return try await server.send(method, target, headers: headers, body: body.map { Array($0.utf8) })
        }
        let before = try await ours.log()
        var (addressed, listed) = (0, 0)
        for (method, path) in server.routes
        where method != .head && path.hasPrefix("/v1/") && !Self.ofTheBrowser.contains(path) {
            let address = try ours.address(path)
            let answer = try await ask(method, address ?? path, Self.body(method, path, of: ours))
            #expect(!answer.string.contains(Self.mark), "\(method) \(path): \(answer.string)")
            #expect(answer.status < 500, "\(method) \(path): \(answer.status)")
            guard address != nil else {
                listed += 1
                continue
            }
            addressed += 1
            // What it has no scope for is refused whatever it is about; what it may look at is not there.
            let isForbidden = method != .get || ["OPERATOR_ONLY", "SESSION_ONLY"].contains(answer.code)
            #expect(
                answer.status == 404 || (answer.status == 403 && isForbidden),
                "\(method) \(path): \(answer.status) \(answer.code ?? "")")
        }
        #expect(addressed > 15 && listed > 10)
        let (other, others) = (try #require(ours.things["agents"]), try #require(ours.things["policies"]))
        for list in ["/v1/policies", "/v1/authorizations"] {
            #expect(try await ask(.get, "\(list)?agentId=\(other)", nil).status == 404, "\(list)")
        }
        let simulation =
            #"{"policy":{"name":"x","currency":"EUR"},"replaces":"\#(others)","from":"2026-11-01T00:00:00Z","#
            + #""to":"2026-11-02T00:00:00Z"}"#
        #expect(try await ask(.post, "/v1/policies/simulate", simulation).status == 404)
        for (list, count) in [
            ("agents", 1), ("policies", 2), ("policies?agentId=\(own)", 1), ("api-keys", 1),
            ("agents/\(own)/policies", 2),
        ] {
            let items = try await ask(.get, "/v1/\(list)", nil).list()
            #expect(items.count == count && items.allSatisfy { ($0["name"] as? String)?.hasPrefix("heron") ?? false })
        }
        let first = try await ask(.get, "/v1/policies?limit=1", nil)
        let next = try await ask(.get, "/v1/policies?limit=1&cursor=\(try first.text("nextCursor"))", nil)
        #expect(try first.list().count == 1 && next.list().count == 1 && next.object()["nextCursor"] is NSNull)
        #expect(try await ours.log() == before)
    }
}
