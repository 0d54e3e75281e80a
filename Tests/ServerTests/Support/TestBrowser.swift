import HTTPTypes
import Synchronization

@testable import Server

/// Somebody's browser at a server of the tests: keeps cookies, and says where its requests come from.
final class TestBrowser: Sendable {
    static let password = "orange tiger staple 7"

    let server: TestServer
    private let jar = Mutex<[String: String]>([:])

    init(_ server: TestServer) {
        self.server = server
    }

    /// A browser in which the owner of a new company is signed in.
    static func signedUp(_ email: String, at server: TestServer) async throws -> TestBrowser {
        let browser = TestBrowser(server)
        let answer = try await browser.json(
            .post, "/v1/signup", #"{"company":"Acme","email":"\#(email)","password":"\#(password)"}"#)
        guard answer.status == 201 else { throw TestAnswer.Unexpected(body: answer.string) }
        return browser
    }

    var cookies: [String: String] {
        get { jar.withLock { $0 } }
        set { jar.withLock { $0 = newValue } }
    }

    /// What forms of this session bear.
    func csrfToken() async throws -> String { try await get("/v1/session").text("csrfToken") }

    func get(_ target: String) async throws -> TestAnswer {
        try await send(.get, target, headers: [.secFetchSite: "same-origin"])
    }

    func form(
        _ target: String, _ fields: [String: String], origin: String? = "http://localhost"
    ) async throws -> TestAnswer {
        let body = fields.map { PercentEncoding.encoded($0) + "=" + PercentEncoding.encoded($1) }
        var headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        headers[.origin] = origin
        return try await send(.post, target, headers: headers, body: Array(body.joined(separator: "&").utf8))
    }

    func json(
        _ method: HTTPRequest.Method, _ target: String, _ json: String, headers: HTTPFields = [:]
    ) async throws -> TestAnswer {
        var headers = headers
        headers[.contentType] = "application/json"
        return try await send(method, target, headers: headers, body: Array(json.utf8))
    }

    func send(
        _ method: HTTPRequest.Method, _ target: String, headers: HTTPFields = [:], body: [UInt8]? = nil
    ) async throws -> TestAnswer {
        var headers = headers
        let cookies = cookies
        if !cookies.isEmpty { headers[.cookie] = cookies.map { "\($0)=\($1)" }.joined(separator: "; ") }
        let answer = try await server.send(method, target, headers: headers, body: body)
        for cookie in answer.headers[values: .setCookie] {
            let pair = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            jar.withLock { $0[String(pair[0])] = pair[1].isEmpty ? nil : String(pair[1]) }
        }
        return answer
    }
}
