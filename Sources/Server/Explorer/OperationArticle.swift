/// What the reference says of one operation.
struct OperationArticle {
    private let operation: Operation
    private let document: OpenAPIDocument
    private let schemas: SchemaTables
    private let address: String

    init(_ operation: Operation, in document: OpenAPIDocument, _ schemas: SchemaTables, address: String) {
        self.operation = operation
        self.document = document
        self.schemas = schemas
        self.address = address
    }

    var html: HTML {
        """
        <article id="\(operation.id)">
        <h3><a href="#\(operation.id)">\(operation.summary)</a></h3>
        <p class="route"><span class="method \(operation.method.lowercased())">\(operation.method)</span> \
        <code>\(operation.path)</code></p>
        \(Markdown.html(operation.node["description"]?.string ?? ""))
        \(parameters)\(body)
        <h4>Example</h4>
        \(ReferencePage.code(curl))
        <h4>Answers</h4>
        \(HTML(answers))\(problems)
        </article>

        """
    }

    private var parameters: HTML {
        let rows = operation.parameters.map(document.resolved).map { parameter -> HTML in
            let schema = parameter["schema"] ?? .null
            return """
                <tr><td><code>\(parameter["name"]?.string ?? "")</code> \
                <span class="note">\(parameter["in"]?.string ?? "")\
                \(parameter["required"] == .bool(true) ? ", required" : "")</span></td>\
                <td>\(schemas.type(of: schema))</td>\
                <td>\(Markdown.inline(parameter["description"]?.string ?? ""))</td></tr>

                """
        }
        return """
            <h4>Parameters</h4>
            \(SchemaTables.table(["Name", "Type", ""], rows))

            """
    }

    private var body: HTML {
        guard let body = operation.node["requestBody"], let schema = body["content"]?["application/json"]?["schema"]
        else { return "" }
        let isRequired = body["required"] == .bool(true)
        return """
            <h4>Body <span class="note">application/json\(isRequired ? "" : ", can be left out")</span></h4>
            \(schemas.table(of: document.resolved(schema)))

            """
    }

    private var answers: [HTML] {
        (operation.node["responses"]?.members ?? []).filter { $0.value["$ref"] == nil }.map { answer in
            let content = answer.value["content"]?.members.first?.value
            let schema = content?["schema"].map { schema in
                "<p class=\"note\">\(schemas.type(of: schema))</p>\n" as HTML
            }
            let headers = (answer.value["headers"]?.members ?? []).filter { ["ETag", "Location"].contains($0.name) }
            return """
                <p class="status"><strong>\(answer.name)</strong> \
                \(Markdown.inline(answer.value["description"]?.string ?? ""))\
                \(HTML(headers.map { " With <code>\($0.name)</code>." }))</p>
                \(schema ?? "")\(HTML(Self.examples(of: content)))
                """
        }
    }

    private static func examples(of content: DocumentNode?) -> [HTML] {
        let named = (content?["examples"]?.members ?? []).map { example in
            (example.value["summary"]?.string ?? example.name, example.value["value"] ?? .null)
        }
        let only = content?["example"].map { [("Example", $0)] } ?? []
        return (only + named).map { name, value in
            """
            <details><summary>\(name)</summary>
            \(ReferencePage.code(value.json(indented: true)))
            </details>

            """
        }
    }

    /// The statuses of problems, with the codes that each can have.
    private var problems: HTML {
        let problems = (operation.node["responses"]?.members ?? []).filter { $0.value["$ref"] != nil }
        let rows = problems.map { answer -> HTML in
            let codes = document.resolved(answer.value)["content"]?[Problem.mediaType]?["examples"]?.members ?? []
            let links = codes.map { "<a href=\"#\($0.name)\"><code>\($0.name)</code></a> " as HTML }
            return "<tr><td>\(answer.name)</td><td>\(HTML(links))</td></tr>\n"
        }
        return """
            <details><summary>Problems</summary>
            \(SchemaTables.table(["Status", "Codes"], rows))
            </details>
            """
    }

    /// A line that works as pasted, once PAITIFY_API_KEY is set and the identifiers are the reader's own.
    private var curl: String {
        var lines = ["curl \(operation.method == "GET" ? "" : "-X \(operation.method) ")\(address)\(filledPath)"]
        if operation.isForPeople {
            lines.append("-b \"paitify_session=$PAITIFY_SESSION\"")
            if operation.method != "GET" { lines.append("-H \"X-CSRF-Token: $PAITIFY_CSRF_TOKEN\"") }
        } else if !operation.isOpen {
            lines.append("-H \"X-API-Key: $PAITIFY_API_KEY\"")
        }
        if operation.method == "POST", !operation.isOpen, !operation.isForPeople {
            lines.append("-H 'Idempotency-Key: order-1042'")
        }
        if operation.method == "PUT" { lines.append("-H 'If-Match: \"1\"'") }
        let schema = operation.node["requestBody"]?["content"]?["application/json"]?["schema"].map(document.resolved)
        if let example = schema?["examples"]?.elements.first, example != .empty {
            lines.append("-H 'Content-Type: application/json'")
            let json = example.json(indented: true).replacing("\n", with: "\n    ")
            lines.append("-d '\(json.replacing("'", with: "'\\''"))'")
        }
        return lines.joined(separator: " \\\n  ")
    }

    private var filledPath: String {
        operation.parameters.map(document.resolved).reduce(operation.path) { path, parameter in
            let schema = document.resolved(parameter["schema"] ?? .null)
            let example = schema["examples"]?.elements.first?.string ?? "1"
            return path.replacing("{\(parameter["name"]?.string ?? "")}", with: example)
        }
    }
}
