import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import Server

/// Which addresses the dashboard answers under, and whose requests it carries out.
@Suite struct `Dashboard security` {
    private static func request(_ authority: String?, _ headers: HTTPFields = [:]) -> Request {
        Request(
            head: HTTPRequest(
                method: .post, scheme: "http", authority: authority, path: "/", headerFields: headers),
            body: RequestBody(buffer: ByteBuffer()))
    }

    @Test(
        arguments: [
            ("pay.example.com", "https://pay.example.com"), ("PAY.example.com", "https://pay.example.com"),
            ("localhost:8080", "http://localhost:8080"), ("127.0.0.1", "http://127.0.0.1"),
            ("[::1]:8080", "http://[::1]:8080"), ("10.0.0.7:8080", "http://10.0.0.7:8080"),
            ("evil.example", nil), ("pay.example.com.evil.example", nil), ("pay.example.com:444", nil),
            ("localhost.evil.example:8080", nil), ("127.0.0.1.nip.io", nil), ("10.0.0.8:8080", nil), ("", nil),
            (nil, nil),
        ] as [(String?, String?)])
    func `a known host has its origin, any other none`(_ authority: String?, _ origin: String?) {
        let sites = Sites(publicURL: "https://pay.example.com/", listeningOn: "10.0.0.7")
        #expect(sites.site(of: Self.request(authority))?.origin == origin)
    }

    @Test func `a scheme's own port is left out of an origin, as browsers do`() {
        #expect(
            Sites(publicURL: "https://pay.example.com:443", listeningOn: "::").publicSite.origin
                == "https://pay.example.com")
        #expect(
            Sites(publicURL: "http://pay.example.com:80/x", listeningOn: "::").publicSite.origin
                == "http://pay.example.com")
        #expect(Sites(publicURL: "https://a.example:80", listeningOn: "::").publicSite.origin == "https://a.example:80")
    }

    @Test(
        arguments: [
            ("same-origin", "https://pay.example.com", true, true), (nil, "https://pay.example.com", true, true),
            ("same-origin", nil, true, true), (nil, nil, false, true),
            ("same-site", "https://pay.example.com", false, false), ("cross-site", nil, false, false),
            ("none", nil, false, false), ("same-origin", "https://evil.example", false, false),
            (nil, "null", false, false), (nil, "http://pay.example.com", false, false),
            (nil, "https://pay.example.com:8443", false, false),
            (nil, "https://pay.example.com.evil.example", false, false),
        ] as [(String?, String?, Bool, Bool)])
    func `a request is ours by what the browser says of it`(
        _ fetchSite: String?, _ origin: String?, _ isProven: Bool, _ isPossible: Bool
    ) {
        var headers = HTTPFields()
        headers[.secFetchSite] = fetchSite
        headers[.origin] = origin
        let (site, request) = (Site(origin: "https://pay.example.com"), Self.request("pay.example.com", headers))
        #expect(SameOrigin.isProven(request, at: site) == isProven)
        #expect(SameOrigin.isPossible(request, at: site) == isPossible)
    }

    @Test func `over https a cookie's name says that no other host set it, and it is never sent without TLS`() {
        var response = Response(status: .ok)
        Cookie.session.set("v", seconds: 60, at: Site(origin: "https://pay.example.com"), on: &response)
        Cookie.session.set("v", seconds: 60, at: Site(origin: "http://localhost:8080"), on: &response)
        #expect(
            response.headers[values: .setCookie] == [
                "__Host-paitify_session=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure",
                "paitify_session=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax",
            ])
    }

    @Test(
        arguments: [
            ("paitify_session=a", "http://localhost", "a"), ("x=1; paitify_session=a;y=2", "http://localhost", "a"),
            ("paitify_session=a; paitify_session=b", "http://localhost", nil),
            ("paitify_session=a=b", "http://localhost", "a=b"),
            ("xpaitify_session=a", "http://localhost", nil), ("", "http://localhost", nil),
            ("paitify_session=a", "https://pay.example.com", nil),
            ("paitify_session=tossed; __Host-paitify_session=a", "https://pay.example.com", "a"),
        ] as [(String, String, String?)])
    func `a cookie is read where there is one of its name, and only one`(
        _ field: String, _ origin: String, _ value: String?
    ) {
        let request = Self.request("x", [.cookie: field])
        #expect(Cookie.session.value(in: request, at: Site(origin: origin)) == value)
    }

    @Test(
        arguments: [
            ("/agents", "/agents"), ("/authorizations?status=HELD&x=%2F", "/authorizations?status=HELD&x=%2F"),
            (nil, "/overview"),
            ("", "/overview"), ("//evil.example", "/overview"), ("/\\evil.example", "/overview"),
            ("https://evil.example", "/overview"), ("/\t/evil.example", "/overview"),
            ("/x\r\nSet-Cookie: a=b", "/overview"),
            ("javascript:alert(1)", "/overview"), ("agents", "/overview"), ("/é", "/overview"),
            ("/sign-out", "/overview"), ("/sign-in?next=/sign-in", "/overview"),
            ("/" + String(repeating: "x", count: 1000), "/overview"),
        ] as [(String?, String)])
    func `the way back leads to a page of ours, or home`(_ text: String?, _ path: String) {
        #expect(ReturnPath.checked(text) == path)
    }

    @Test(
        arguments: [
            ("<b>&'\"`", "&lt;b&gt;&amp;&#39;&quot;&#96;"), ("\"\u{301} onfocus=x", "&quot;\u{301} onfocus=x"),
            ("<\u{200D}script>", "&lt;\u{200D}script&gt;"), ("\u{202E}é漢🎉", "\u{202E}é漢🎉"), ("\r\n<", "\r\n&lt;"),
        ])
    func `text is escaped byte by byte, also where a letter's accent follows what ends an attribute`(
        _ text: String, _ escaped: String
    ) {
        #expect(HTMLText().escapeText(text) == escaped)
    }

    @Test func `a form's fields are read as browsers write them, and broken ones are not guessed at`() throws {
        let form = try #require(FormFields(query: "a=1+2%263&b=&c=%F0%9F%8E%89&d=1&d=2&e"))
        #expect(try form.text("a") == "1 2&3")
        #expect(try form.optional("b") == nil && form.text("missing") == "" && form.text("e") == "")
        #expect(try form.text("c") == "🎉")
        #expect(form.all("d") == ["1", "2"])
        #expect(throws: Problem.self) { try form.text("d") }
        for broken in ["a=%", "a=%4", "a=%zz", "a=%FF", "%C3=1"] { #expect(FormFields(query: broken) == nil) }
    }
}
