import Foundation
import HTTPTypes
import Issuer
import Testing

@testable import Server

@Suite struct `The pages of the document` {
    @Test(
        "each is served with its type, and not a second time to who has it",
        arguments: [
            ("/v3/api-docs", "application/json"), ("/docs", "text/html; charset=utf-8"),
            ("/docs/theme.css", "text/css; charset=utf-8"), ("/docs/frame.css", "text/css; charset=utf-8"),
            ("/docs/reference.css", "text/css; charset=utf-8"), ("/swagger-ui.html", "text/html; charset=utf-8"),
        ])
    func served(path: String, type: String) async throws {
        let server = try await TestServer.shared.value
        let answer = try await server.send(.get, path)
        #expect(answer.status == 200)
        #expect(answer.headers[.contentType] == type)
        #expect(answer.headers[.cacheControl] == "no-cache")
        let etag = try #require(answer.headers[.eTag])
        let again = try await server.send(.get, path, headers: [.ifNoneMatch: etag])
        #expect(again.status == 304)
        #expect(again.body.isEmpty)
        #expect(again.headers[.eTag] == etag)
    }

    @Test("a page runs nothing that is not the issuer's own", arguments: ["/docs", "/swagger-ui.html"])
    func policy(path: String) async throws {
        let policy = try await TestServer.shared.value.send(.get, path).headers[.contentSecurityPolicy] ?? ""
        #expect(policy.hasPrefix("default-src 'none'"))
        #expect(policy.contains("frame-ancestors 'none'"))
        #expect(!policy.contains("unsafe") && !policy.contains("http"))
    }

    @Test func `without Swagger UI the page says how to get it, and has no script`() async throws {
        let page = try await TestServer.shared.value.send(.get, "/swagger-ui.html").string
        #expect(page.contains("make swagger-ui"))
        #expect(page.contains("/nonexistent"))
        #expect(!page.contains("<script"))
    }

    @Test func `Swagger UI's files are served from the folder, and nothing else of it is`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("swagger-ui-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in SwaggerUI.fileNames + ["other.js"] {
            try Data("/* \(name) */".utf8).write(to: folder.appendingPathComponent(name))
        }
        let server = try await TestServer(swaggerUIFolder: folder.path)
        #expect(try await server.send(.get, "/swagger-ui.html").string.contains("swagger-ui-bundle.js"))
        let bundle = try await server.send(.get, "/swagger-ui/swagger-ui-bundle.js")
        #expect(bundle.string == "/* swagger-ui-bundle.js */")
        #expect(bundle.headers[.contentType] == "text/javascript; charset=utf-8")
        #expect(try await server.send(.get, "/swagger-ui/explorer.js").string.contains("persistAuthorization: false"))
        #expect(try await server.send(.get, "/swagger-ui/other.js").status == 404)
        #expect(try await server.send(.get, "/swagger-ui/..%2Fother.js").status == 404)
    }

    @Test(
        "Swagger UI lies beside the program, or in /usr/local beside a package's",
        arguments: [
            ("/opt/paitify/bin/paitify", "/opt/paitify/share/paitify/swagger-ui"),
            ("/usr/local/bin/paitify", "/usr/local/share/paitify/swagger-ui"),
            ("/usr/bin/paitify", "/usr/local/share/paitify/swagger-ui"),
        ])
    func usualFolder(program: String, folder: String) {
        #expect(SwaggerUI.usualFolder(program: program) == folder)
    }

    @Test func `the reference has each operation, with a line to paste`() async throws {
        let page = try await TestServer.shared.value.send(.get, "/docs").string
        for (method, path, operation) in OpenAPIDocument.issuer(at: "", version: "").operations {
            let id = operation["operationId"]?.string ?? ""
            #expect(page.contains("<article id=\"\(id)\">"), "\(method) \(path)")
        }
        #expect(page.contains("curl -X POST https://issuer.test/v1/authorize \\\n"))
        #expect(!page.contains("&lt;span"))
    }

    @Test func `an issuer's address cannot become markup`() {
        let document = OpenAPIDocument.issuer(at: "https://x/'&", version: "<b>")
        let page = ReferencePage(document, address: "https://x/'&").html.text
        #expect(page.contains("https://x/&#39;&amp;/v1/agents"))
        #expect(page.contains("&lt;b&gt;") && !page.contains("<b>"))
    }
}
