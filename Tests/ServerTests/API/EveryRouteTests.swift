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

        init(at server: TestServer) async throws {
            owner = try await .signedUp("\(mark)@example.com", at: server)
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
                "/v1/policies", #"{"name":"\#(mark) policy","currency":"USD","approval":{"above":100}}"#)
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
}
