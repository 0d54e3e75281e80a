/// `/docs`: the document of the API as a page that needs no script.
struct ReferencePage {
    private let document: OpenAPIDocument
    private let schemas: SchemaTables
    /// Where the examples call.
    private let address: String

    init(_ document: OpenAPIDocument, address: String) {
        self.document = document
        self.address = address
        schemas = SchemaTables(document)
    }

    var html: HTML {
        let info = document.root["info"]
        return DocumentationFrame.page(
            "API reference", style: "docs/reference.css",
            before: """
                <a class="skip" href="#content">Skip to the content</a>
                """,
            links: """
                <a href="swagger-ui.html">Try it out</a>
                <a href="v3/api-docs">OpenAPI document</a>
                <span class="version">\(info?["version"]?.string ?? "")</span>
                """,
            """
            <div class="columns">
            \(contents)
            <main id="content" tabindex="-1">
            <section id="introduction">
            <h1>API reference</h1>
            <p class="lead">\(info?["summary"]?.string ?? "")</p>
            \(Markdown.html(info?["description"]?.string ?? ""))
            <h2 id="authentication">Who asks</h2>
            \(HTML(["ApiKey", "Session", "ClerkToken"].map(security)))
            \(Self.code("curl \(address)/v1/agents -H \"X-API-Key: $PAITIFY_API_KEY\""))
            </section>
            \(HTML(tags.map(section)))
            <section id="problems">
            <h2>Problems</h2>
            <p>Every error is a <a href="#schema-Problem">Problem</a>, sent as
            <code>application/problem+json</code>. Programs branch on its <code>code</code>.</p>
            \(problems)
            </section>
            <section id="schemas">
            <h2>Schemas</h2>
            \(schemas.all)
            </section>
            </main>
            </div>
            """)
    }

    /// How one of the ways to say who asks is used.
    private func security(_ scheme: String) -> HTML {
        Markdown.html(document.root["components"]?["securitySchemes"]?[scheme]?["description"]?.string ?? "")
    }

    private var tags: [DocumentNode] { document.root["tags"]?.elements ?? [] }

    private func operations(of tag: DocumentNode) -> [Operation] {
        document.operations.filter { $0.operation["tags"]?.elements.first == tag["name"] }.map { found in
            Operation(
                method: found.method, path: found.path, node: found.operation,
                shared: document.root["paths"]?[found.path]?["parameters"]?.elements ?? [])
        }
    }

    private var contents: HTML {
        """
        <nav aria-label="Contents">
        <ul>
        <li><a href="#introduction">Introduction</a></li>
        \(HTML(tags.map { tag in
            """
            <li><a href="#\(Self.anchor(tag))">\(tag["name"]?.string ?? "")</a>
            <ul>
            \(HTML(operations(of: tag).map { "<li><a href=\"#\($0.id)\">\($0.summary)</a></li>\n" }))</ul>
            </li>

            """
        }))<li><a href="#problems">Problems</a></li>
        <li><a href="#schemas">Schemas</a></li>
        </ul>
        </nav>
        """
    }

    private func section(_ tag: DocumentNode) -> HTML {
        """
        <section id="\(Self.anchor(tag))">
        <h2>\(tag["name"]?.string ?? "")</h2>
        \(Markdown.html(tag["description"]?.string ?? ""))
        \(HTML(operations(of: tag).map { OperationArticle($0, in: document, schemas, address: address).html }))
        </section>

        """
    }

    private var problems: HTML {
        let rows = ProblemCode.allCases.flatMap { code in
            code.statuses.prefix(1).map { status -> HTML in
                let example = document.resolved(["$ref": .string(ProblemAnswers.reference(to: status))])["content"]?[
                    Problem.mediaType]?["examples"]?[code.rawValue]?["value"]
                return """
                    <tr id="\(code.rawValue)"><td>\(status)</td><td><code>\(code.rawValue)</code></td>\
                    <td>\(example?["detail"]?.string ?? "")</td></tr>

                    """
            }
        }
        return """
            <div class="table"><table>
            <thead><tr><th scope="col">Status</th><th scope="col">Code</th><th scope="col">Example</th></tr></thead>
            <tbody>
            \(HTML(rows))</tbody>
            </table></div>
            """
    }

    private static func anchor(_ tag: DocumentNode) -> String {
        "tag-" + (tag["name"]?.string ?? "").lowercased().replacing(" ", with: "-")
    }

    /// A listing that keyboards can scroll.
    static func code(_ text: String) -> HTML {
        "<pre tabindex=\"0\"><code>\(text)</code></pre>"
    }
}

/// One method of one path.
struct Operation {
    let method: String
    let path: String
    let node: DocumentNode
    /// The parameters that all methods of the path have.
    let shared: [DocumentNode]

    var id: String { node["operationId"]?.string ?? "" }
    var summary: String { node["summary"]?.string ?? "" }
    var parameters: [DocumentNode] { shared + (node["parameters"]?.elements ?? []) }
    var isOpen: Bool { node["security"]?.elements.isEmpty ?? false }
    /// No API key will do.
    var isForPeople: Bool { node["security"]?.elements.contains { $0["Session"] != nil } ?? false }
}
