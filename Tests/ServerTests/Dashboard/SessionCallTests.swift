import HTTPTypes
import Issuer
import Testing

@testable import Server

/// What a session may do on /v1, and what a page of another site may not have it do.
@Suite struct `Calls with a session` {
    private static let server = Task { try await TestServer() }

    private func browser(_ email: String) async throws -> TestBrowser {
        try await .signedUp(email, at: Self.server.value)
    }

    @Test func `a change takes the session's token and comes from a page of ours; reading takes neither`() async throws
    {
        let browser = try await browser("calls@example.com")
        let token = try await browser.csrfToken()
        let body = #"{"name":"Buyer"}"#
        let refused: [(HTTPFields, String)] = [
            ([:], "CSRF_TOKEN_MISSING"), ([.csrfToken: ""], "STALE_FORM"), ([.csrfToken: "x"], "STALE_FORM"),
            ([.csrfToken: token, .origin: "http://evil.example"], "CROSS_SITE_REQUEST"),
            ([.csrfToken: token, .secFetchSite: "cross-site"], "CROSS_SITE_REQUEST"),
            ([.csrfToken: token, .secFetchSite: "same-site"], "CROSS_SITE_REQUEST"),
        ]
        for (headers, code) in refused {
            let answer = try await browser.json(.post, "/v1/agents", body, headers: headers)
            #expect(answer.status == 403 && answer.code == code)
        }
        let headers: HTTPFields = [.csrfToken: token, .origin: "http://localhost", .secFetchSite: "same-origin"]
        let made = try await browser.json(.post, "/v1/agents", body, headers: headers)
        #expect(made.status == 201)
        #expect(try await browser.send(.get, "/v1/agents").list().count == 1)
        #expect(try await browser.send(.get, "/v1/agents", headers: [.secFetchSite: "cross-site"]).status == 403)
        let agent = try made.text("id")
        #expect(try await browser.send(.delete, "/v1/agents/\(agent)").status == 403)
        #expect(try await browser.send(.delete, "/v1/agents/\(agent)", headers: headers).status == 204)
    }

    @Test func `an API key outranks the session beside it`() async throws {
        let browser = try await browser("both@example.com")
        let answer = try await browser.send(.get, "/v1/agents", headers: [.apiKey: "ag_live_wrong"])
        #expect(answer.status == 401)
    }

    @Test func `a form of one environment does nothing in the other`() async throws {
        let browser = try await browser("environment@example.com")
        let live = try await browser.csrfToken()
        let switched = try await browser.form("/session/environment", ["csrf": live, "environment": "test"])
        #expect(switched.status == 303)
        let stale = try await browser.json(.post, "/v1/agents", #"{"name":"Buyer"}"#, headers: [.csrfToken: live])
        #expect(stale.status == 403 && stale.code == "STALE_FORM")
        #expect(try await browser.get("/v1/session").text("environment") == "test")
        let made = try await browser.json(
            .post, "/v1/agents", #"{"name":"Buyer"}"#, headers: [.csrfToken: try await browser.csrfToken()])
        #expect(made.status == 201)
    }

    @Test func `members are invited by a link, listed, promoted and removed`() async throws {
        let owner = try await browser("members@example.com")
        let headers: HTTPFields = [.csrfToken: try await owner.csrfToken()]
        let made = try await owner.json(
            .post, "/v1/invitations", #"{"role":"viewer","note":"Bob"}"#, headers: headers)
        #expect(made.status == 201)
        let url = try made.text("url")
        #expect(url.hasPrefix("http://localhost/join?token="))
        #expect(try await !owner.get("/v1/invitations").string.contains(url.suffix(43)), "shown once")
        let target = String(url.dropFirst("http://localhost".count))

        let guest = TestBrowser(owner.server)
        let page = try await guest.get(target)
        #expect(page.status == 200 && page.string.contains("Join <bdi>Acme</bdi>") && page.string.contains("viewer"))
        let token = String(target.dropFirst("/join?token=".count))
        let form = ["token": token, "email": "bob@example.com", "password": TestBrowser.password]
        #expect(try await guest.form("/join", form, origin: "http://evil.example").status == 403)
        #expect(try await guest.form("/join", form).headers[.location] == "/overview")
        #expect(try await guest.get("/v1/session").text("role") == "viewer")
        #expect(try await TestBrowser(owner.server).get(target).status == 404)

        let members = try await owner.get("/v1/members").list()
        #expect(members.compactMap { $0["email"] as? String } == ["members@example.com", "bob@example.com"])
        let bob = try #require(members.last?["id"] as? String)
        #expect(
            try await guest.json(
                .patch, "/v1/members/\(bob)", #"{"role":"owner"}"#,
                headers: [.csrfToken: try await guest.csrfToken()]
            ).code == "OWNERS_ONLY")
        let changed = try await owner.json(
            .patch, "/v1/members/\(bob)", #"{"role":"approver"}"#, headers: headers)
        #expect(changed.status == 200)
        #expect(try await guest.get("/v1/session").status == 401)
        #expect(try await owner.send(.delete, "/v1/members/\(bob)", headers: headers).status == 204)
        let me = try #require(members.first?["id"] as? String)
        #expect(try await owner.send(.delete, "/v1/members/\(me)", headers: headers).code == "LAST_OWNER")
    }

    @Test func `one's sessions are listed, and revoked one by one`() async throws {
        let browser = try await browser("sessions@example.com")
        let other = TestBrowser(browser.server)
        _ = try await other.form(
            "/sign-in", ["email": "sessions@example.com", "password": TestBrowser.password])
        let sessions = try await browser.get("/v1/sessions").list()
        #expect(sessions.map { $0["isCurrent"] as? Bool } == [false, true])
        let id = try #require(sessions.first?["id"] as? String)
        let headers: HTTPFields = [.csrfToken: try await browser.csrfToken()]
        #expect(try await browser.send(.delete, "/v1/sessions/\(id)", headers: headers).status == 204)
        #expect(try await other.get("/v1/session").status == 401)
        #expect(try await browser.send(.delete, "/v1/sessions/\(id)", headers: headers).status == 404)
    }

    @Test func `a changed password gives this browser a new token, and ends the others`() async throws {
        let browser = try await browser("changes@example.com")
        let old = browser.cookies
        let form = [
            "csrf": try await browser.csrfToken(), "current": TestBrowser.password,
            "password": "purple monkey dishes 9", "next": "/settings",
        ]
        let answer = try await browser.form("/account/password", form)
        #expect(answer.status == 303 && answer.headers[.location] == "/settings")
        #expect(browser.cookies != old)
        #expect(try await browser.get("/v1/session").status == 200)
        let before = TestBrowser(browser.server)
        before.cookies = old
        #expect(try await before.get("/v1/session").status == 401)
    }

    @Test func `sessions and members are no business of API keys`() async throws {
        let company = try await TestCompany.shared.value
        for path in ["/v1/session", "/v1/sessions", "/v1/members", "/v1/invitations"] {
            let answer = try await company.get(path)
            #expect(answer.status == 403 && answer.code == "SESSION_ONLY", "\(path)")
        }
    }
}
