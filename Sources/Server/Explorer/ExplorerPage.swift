/// `/swagger-ui.html`: Swagger UI on the document of the API, or how to get it.
enum ExplorerPage {
    static let withSwaggerUI = page(
        style: "swagger-ui/explorer.css",
        head: """
            <link rel="stylesheet" href="swagger-ui/swagger-ui.css">
            <script src="swagger-ui/swagger-ui-bundle.js" defer></script>
            <script src="swagger-ui/explorer.js" type="module"></script>
            """,
        """
        <p class="hint">Press <strong>Authorize</strong> and enter an API key once. It is only kept in this page, and is
        gone when you leave it. Requests are real: use a key of the <code>test</code> environment.</p>
        <noscript><p class="hint">This page needs JavaScript. The <a href="docs">reference</a> does not.</p></noscript>
        <main id="swagger-ui"></main>
        """)

    /// `folder`: where the files belong.
    static func howToGetIt(folder: String) -> HTML {
        page(
            style: "docs/reference.css",
            """
            <main class="alone">
            <h1>Swagger UI is not installed</h1>
            <p>This page lets you try out the API with Swagger UI, which is not part of Paitify and comes from the Python package
            index. From Paitify's sources:</p>
            \(ReferencePage.code("make swagger-ui"))
            <p>Or by hand, on any machine with Python 3:</p>
            \(ReferencePage.code("""
                python3 -m pip download --no-deps drf-spectacular-sidecar==\(version)
                python3 -m zipfile -e drf_spectacular_sidecar-\(version)-py3-none-any.whl sidecar
                mkdir -p \(folder)
                cp sidecar/drf_spectacular_sidecar/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui* \\
                    \(folder)
                """))
            <p>Then restart the issuer. It looks in <code>\(folder)</code>, or in the folder that
            <code>PAITIFY_SWAGGER_UI_DIR</code> names.</p>
            <p>The <a href="docs">reference</a> needs none of this.</p>
            </main>
            """)
    }

    private static func page(style: String, head: HTML = "", _ content: HTML) -> HTML {
        DocumentationFrame.page(
            "API explorer", style: style, head: head,
            links: """
                <a href="docs">Reference</a> <a href="v3/api-docs">OpenAPI document</a>
                """, content)
    }

    /// The release of drf-spectacular-sidecar that carries the Swagger UI that this page was tried with.
    static let version = "2026.10.1"
}
