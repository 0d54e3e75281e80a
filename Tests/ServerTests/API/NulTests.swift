import HTTPTypes
import Issuer
import Testing

@testable import Server

/// A NUL ends a text in C, and PostgreSQL takes none: it must be refused wherever it comes in.
@Suite struct `A NUL` {
    /// Every parameter of a query that some route or page reads.
    private static let parameters = [
        "q", "actor", "object", "action", "agentId", "agent", "status", "from", "to", "cursor", "limit", "currency",
        "after", "decided", "next", "dryRun", "return", "reset",
    ]

    @Test func `in a query, a path or a form's field is no fault of the server's`() async throws {
        let server = try await TestServer.shared.value
        let browser = try await TestBrowser.signedUp("nul@example.com", at: server)
        let csrf = try await browser.csrfToken()
        var asked = 0
        for (method, path) in server.routes
        where [.get, .post].contains(method) && !["/sign-out", "/events"].contains(path) {
            let parts = path.split(separator: "/").map { $0.hasPrefix("{") || $0.hasPrefix(":") ? "%00x" : $0 }
            let address = "/" + parts.joined(separator: "/")
            for name in Self.parameters {
                let target = "\(address)?\(name)=x%00"
                let answer =
                    method == .get
                    ? try await browser.get(target)
                    : path.hasPrefix("/v1/")
                        ? try await browser.json(.post, target, "{}", headers: [.csrfToken: csrf])
                        : try await browser.form(address, ["csrf": csrf, "sure": "yes", name: "x\0"])
                #expect(answer.status < 500, "\(method) \(target): \(answer.status) \(answer.string.prefix(300))")
                asked += 1
            }
        }
        #expect(asked > 800)
        #expect(try await browser.get("/v1/session").status == 200, "it was asked by somebody all along")
    }

    @Test(
        "in a filter by text is refused, and so is every other control character",
        arguments: ["%00", "%1F", "%7F", "%0A"])
    func filter(_ character: String) async throws {
        let company = try await TestCompany.shared.value
        for name in ["actor", "object"] {
            let answer = try await company.get("/v1/audit?\(name)=a\(character)")
            #expect(answer.status == 422 && answer.fieldErrors == ["\(name) INVALID_VALUE"])
        }
    }

    @Test func `in a body is refused, wherever it stands`() async throws {
        let company = try await TestCompany.shared.value
        for body in [#"{"name":"Buyer","metadata":{"k":"a\u0000b"}}"#, #"{"name":"B\u0000"}"#] {
            let answer = try await company.post("/v1/agents", body)
            #expect(answer.status == 400 && answer.code == "MALFORMED_JSON")
        }
    }
}
