import HTTPTypes
import Hummingbird

/// `/v3/api-docs`: the OpenAPI document. `/docs`: the same to be read. `/swagger-ui.html`: the same to be tried out.
struct DocumentationRoutes {
    private let issuerURL: String
    private let swaggerUI: SwaggerUI
    private let swaggerUIFolder: String

    init(issuerURL: String, swaggerUIFolder: String) {
        self.issuerURL = issuerURL
        self.swaggerUIFolder = swaggerUIFolder
        swaggerUI = SwaggerUI(folder: swaggerUIFolder)
    }

    func add(to routes: RouteTable) {
        let document = OpenAPIDocument.issuer(at: issuerURL, version: Release.version)
        serve("/v3/api-docs", StaticContent(Array(document.root.json().utf8), "application/json"), routes)
        serve("/docs", Self.page(ReferencePage(document, address: issuerURL).html, Self.policy), routes)
        for (name, bytes) in [
            ("theme", PackageResources.theme_css), ("frame", PackageResources.frame_css),
            ("reference", PackageResources.reference_css),
        ] {
            serve("/docs/\(name).css", StaticContent(bytes, "text/css; charset=utf-8"), routes)
        }
        addExplorer(to: routes)
    }

    private func addExplorer(to routes: RouteTable) {
        guard !swaggerUI.files.isEmpty else {
            serve("/swagger-ui.html", Self.page(ExplorerPage.howToGetIt(folder: swaggerUIFolder), Self.policy), routes)
            return
        }
        serve("/swagger-ui.html", Self.page(ExplorerPage.withSwaggerUI, Self.policyWithScripts), routes)
        var files = swaggerUI.files
        files["explorer.css"] = PackageResources.explorer_css
        files["explorer.js"] = PackageResources.explorer_js
        for (name, bytes) in files {
            let type = name.hasSuffix(".css") ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8"
            serve("/swagger-ui/\(name)", StaticContent(bytes, type), routes)
        }
    }

    private func serve(_ path: String, _ content: StaticContent, _ routes: RouteTable) {
        routes.open(path) { request, _ in content.response(to: request) }
    }

    /// Nothing but this issuer's own style sheets and its icon.
    private static let policy = "default-src 'none'; style-src 'self'; img-src 'self'; \(nobodyElse)"
    /// Swagger UI's icons are in its style sheet, as data.
    private static let policyWithScripts =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \(nobodyElse)"
    private static let nobodyElse = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    private static func page(_ html: HTML, _ policy: String) -> StaticContent {
        StaticContent(
            Array(html.text.utf8), "text/html; charset=utf-8",
            headers: [.contentSecurityPolicy: policy, .referrerPolicy: "no-referrer"])
    }
}
