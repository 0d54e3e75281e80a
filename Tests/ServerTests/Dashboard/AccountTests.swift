import HTTPTypes
import Issuer
import Testing

@testable import Server

/// Signing up, in and out, as a browser does it.
@Suite struct `Accounts over HTTP` {
    private static let server = Task { try await TestServer() }

    private func browser(_ email: String) async throws -> TestBrowser {
        try await .signedUp(email, at: Self.server.value)
    }

    @Test func `signing up answers with the company, the person and a session, whose token is in the cookie alone`()
        async throws
    {
        let browser = TestBrowser(try await Self.server.value)
        let answer = try await browser.json(
            .post, "/v1/signup",
            #"{"company":"Acme","email":"A1@example.com","password":"\#(TestBrowser.password)"}"#)
        #expect(answer.status == 201)
        #expect(try answer.text("companyId").hasPrefix("co_") && answer.text("role") == "owner")
        let cookie = try #require(answer.headers[.setCookie])
        #expect(cookie.hasPrefix("paitify_session=") && cookie.hasSuffix("; HttpOnly; SameSite=Lax"))
        let token = try #require(browser.cookies["paitify_session"])
        #expect(!answer.string.contains(token.suffix(43)))
        #expect(answer.headers[.cacheControl] == "no-store")
        #expect(try await browser.get("/v1/session").text("companyId") == answer.text("companyId"))
    }

    @Test(
        arguments: [
            (#"{}"#, 422, ["company REQUIRED", "email REQUIRED", "password REQUIRED"]),
            (#"{"company":"A","email":"x","password":"orange tiger staple 7"}"#, 422, ["email INVALID_VALUE"]),
            (#"{"company":"A","email":"s1@example.com","password":"short"}"#, 422, ["password PASSWORD_TOO_SHORT"]),
            (
                #"{"company":"A","email":"s1@example.com","password":"s1@example.com s1"}"#, 422,
                ["password PASSWORD_TOO_COMMON"]
            ),
            (
                #"{"company":"","email":"s1@example.com","password":"orange tiger staple 7"}"#, 422,
                ["company INVALID_VALUE"]
            ),
            (
                #"{"company":"A","email":"s1@example.com","password":"orange tiger staple 7","role":"x"}"#, 422,
                ["role UNKNOWN_FIELD"]
            ),
            (#"{"company":"A","email":"s1@example.com","password":7}"#, 422, ["password WRONG_TYPE"]),
            (#"{"#, 400, []),
        ])
    func `what is wrong with a sign-up is named`(_ body: String, _ status: Int, _ errors: [String]) async throws {
        let answer = try await TestBrowser(try await Self.server.value).json(.post, "/v1/signup", body)
        #expect(answer.status == status && answer.fieldErrors == errors, "\(answer.string)")
        #expect(answer.headers[.setCookie] == nil)
    }

    @Test func `an address that is taken is refused, and signs nobody in`() async throws {
        _ = try await browser("taken@example.com")
        let answer = try await TestBrowser(try await Self.server.value).json(
            .post, "/v1/signup",
            #"{"company":"B","email":"Taken@example.com","password":"\#(TestBrowser.password)"}"#)
        #expect(answer.status == 409 && answer.code == "EMAIL_TAKEN" && answer.headers[.setCookie] == nil)
    }

    @Test func `where sign-up is closed nobody signs up, by either way`() async throws {
        let browser = TestBrowser(try await TestServer(dashboard: DashboardSettings(signUp: .closed)))
        let answer = try await browser.json(
            .post, "/v1/signup",
            #"{"company":"B","email":"x@example.com","password":"\#(TestBrowser.password)"}"#)
        #expect(answer.status == 403 && answer.code == "SIGNUP_CLOSED")
        #expect(try await browser.get("/sign-up").status == 403)
        let form = ["company": "B", "email": "x@example.com", "password": TestBrowser.password]
        #expect(try await browser.form("/sign-up", form).status == 403)
    }

    @Test func `no page of another site signs anybody up or in`() async throws {
        _ = try await browser("login-csrf@example.com")
        let other = TestBrowser(try await Self.server.value)
        let form = ["company": "B", "email": "login-csrf@example.com", "password": TestBrowser.password]
        for origin in ["http://evil.example", "null", nil, "http://localhost:81"] {
            for path in ["/sign-in", "/sign-up"] {
                let answer = try await other.form(path, form, origin: origin)
                #expect(answer.status == 403 && answer.headers[.setCookie] == nil, "\(path) from \(origin ?? "-")")
            }
        }
        let json = #"{"company":"B","email":"csrf2@example.com","password":"\#(TestBrowser.password)"}"#
        let answer = try await other.json(.post, "/v1/signup", json, headers: [.origin: "http://evil.example"])
        #expect(answer.status == 403 && answer.code == "CROSS_SITE_REQUEST")
    }

    @Test func `signing in gives a new token each time, and ends the session that was there`() async throws {
        let browser = try await browser("again@example.com")
        let first = try #require(browser.cookies["paitify_session"])
        let form = ["email": "again@example.com", "password": TestBrowser.password, "next": "/agents?x=1"]
        let answer = try await browser.form("/sign-in", form)
        #expect(answer.status == 303 && answer.headers[.location] == "/agents?x=1")
        #expect(browser.cookies["paitify_session"] != first)
        let old = TestBrowser(browser.server)
        old.cookies = ["paitify_session": first]
        #expect(try await old.get("/v1/session").status == 401)
    }

    @Test func `a cookie that somebody made up, or planted, is nobody's session after signing in`() async throws {
        let owner = try await browser("fixed@example.com")
        let victim = TestBrowser(owner.server)
        let planted = "00000000000000000000000001." + String(repeating: "A", count: 43)
        victim.cookies = ["paitify_session": planted]
        #expect(try await victim.get("/v1/session").status == 401)
        #expect(try await victim.get("/overview").headers[.location] == "/sign-in?next=%2Foverview")
        let form = ["email": "fixed@example.com", "password": TestBrowser.password]
        _ = try await victim.form("/sign-in", form)
        #expect(victim.cookies["paitify_session"] != planted)
        #expect(try await victim.get("/v1/session").status == 200)
    }

    @Test func `a wrong password and an unknown address get the same page`() async throws {
        _ = try await browser("enumerated@example.com")
        let other = TestBrowser(try await Self.server.value)
        func answer(_ email: String) async throws -> TestAnswer {
            try await other.form("/sign-in", ["email": email, "password": "not the password at all"])
        }
        let (known, unknown) = (try await answer("enumerated@example.com"), try await answer("unenumerate@example.com"))
        #expect(known.status == 401 && unknown.status == 401)
        #expect(
            known.string.replacing("enumerated@example.com", with: "")
                == unknown.string.replacing("unenumerate@example.com", with: ""))
    }

    @Test func `an eleventh wrong password is not looked at, not even the right one`() async throws {
        let browser = try await browser("guessed@example.com")
        let other = TestBrowser(browser.server)
        for _ in 0..<10 {
            let answer = try await other.form("/sign-in", ["email": "guessed@example.com", "password": "x"])
            #expect(answer.status == 401)
        }
        let form = ["email": "guessed@example.com", "password": TestBrowser.password]
        let answer = try await other.form("/sign-in", form)
        #expect(answer.status == 429 && answer.headers[.retryAfter] == "36" && answer.headers[.setCookie] == nil)
        #expect(try await browser.get("/v1/session").status == 200, "who is in stays in")
    }

    @Test func `pages are for who is signed in, and say so to browsers' policies`() async throws {
        let browser = try await browser("pages@example.com")
        let page = try await browser.get("/overview")
        #expect(page.status == 200 && page.headers[.contentType] == "text/html; charset=utf-8")
        #expect(page.headers[.contentSecurityPolicy] == ContentSecurityPolicy.strict.text)
        #expect(
            !ContentSecurityPolicy.strict.text.contains("unsafe") && !ContentSecurityPolicy.strict.text.contains("http")
        )
        for (name, value) in [
            (HTTPField.Name.xFrameOptions, "DENY"), (.referrerPolicy, "same-origin"), (.cacheControl, "no-store"),
            (.xContentTypeOptions, "nosniff"), (.crossOriginOpenerPolicy, "same-origin"),
        ] { #expect(page.headers[name] == value) }
        #expect(page.headers[.strictTransportSecurity] == nil, "not over http")
        let stranger = TestBrowser(browser.server)
        let sent = try await stranger.get("/overview?x=1")
        #expect(sent.status == 303 && sent.headers[.location] == "/sign-in?next=%2Foverview%3Fx%3D1")
        let signIn = try await stranger.get("/sign-in?next=/agents")
        #expect(signIn.status == 200 && signIn.string.contains(#"value="/agents""#))
        #expect(try await stranger.get("/sign-in?next=//evil.example").string.contains(#"value="/overview""#))
        #expect(try await stranger.send(.delete, "/sign-in").status == 405)
    }

    @Test func `what somebody typed comes back as text, whatever it is`() async throws {
        let other = TestBrowser(try await Self.server.value)
        for text in [#""><script>alert(1)</script>"#, "\"\u{301} autofocus onfocus=alert(1) x=\"", "'`{{frame.title}}"]
        {
            let page = try await other.form("/sign-up", ["company": text, "email": text, "password": "x"])
            #expect(page.status == 422)
            #expect(page.string.contains(HTMLText().escapeText(text)) && !page.string.contains(text), "\(text)")
        }
    }

    @Test func `signing out ends the session, and takes the form's token`() async throws {
        let browser = try await browser("out@example.com")
        let kept = browser.cookies
        #expect(try await browser.form("/sign-out", [:]).status == 403)
        #expect(try await browser.form("/sign-out", ["csrf": "x"]).status == 403)
        let token = try await browser.csrfToken()
        #expect(try await browser.form("/sign-out", ["csrf": token], origin: "http://evil.example").status == 403)
        #expect(try await browser.form("/sign-out", ["csrf": token], origin: nil).status == 403)
        let answer = try await browser.form("/sign-out", ["csrf": token])
        #expect(answer.status == 303 && browser.cookies.isEmpty)
        browser.cookies = kept
        #expect(try await browser.get("/v1/session").status == 401)
    }
}
