/// Shows schemas to people: what a value may be in a few words, and an object's members in a table.
struct SchemaTables {
    private let document: OpenAPIDocument

    init(_ document: OpenAPIDocument) {
        self.document = document
    }

    /// Every schema that has a name, in the order of their names.
    var all: HTML {
        let schemas = (document.root["components"]?["schemas"]?.members ?? []).sorted { $0.name < $1.name }
        return HTML(
            schemas.map { schema in
                """
                <article class="schema" id="schema-\(schema.name)">
                <h3><a href="#schema-\(schema.name)">\(schema.name)</a></h3>
                \(table(of: schema.value))
                </article>

                """
            })
    }

    /// The description, then the members where there are any, else the type.
    func table(of schema: DocumentNode) -> HTML {
        let description = Markdown.html(schema["description"]?.string ?? "")
        let members = members(of: schema)
        guard !members.isEmpty else {
            let example = schema["examples"]?.elements.first.map { example in
                ", such as <code>\(example.string ?? example.json())</code>" as HTML
            }
            return description + "<p>\(type(of: schema))\(example ?? "")</p>"
        }
        let required = required(of: schema)
        let rows = members.map { member -> HTML in
            let note: HTML =
                required.contains(.string(member.name)) ? " <span class=\"note\">required</span>" : ""
            return """
                <tr><td><code>\(member.name)</code>\(note)</td>\
                <td>\(type(of: member.value))</td>\
                <td>\(Markdown.inline(words(of: member.value)))</td></tr>

                """
        }
        return description + Self.table(["Member", "Type", ""], rows)
    }

    static func table(_ heads: [String], _ rows: [HTML]) -> HTML {
        """
        <div class="table"><table>
        <thead><tr>\(HTML(heads.map { $0.isEmpty ? "<td></td>" : "<th scope=\"col\">\($0)</th>" }))</tr></thead>
        <tbody>
        \(HTML(rows))</tbody>
        </table></div>
        """
    }

    // MARK: -

    private func members(of schema: DocumentNode) -> [DocumentNode.Members.Pair] {
        (schema["properties"]?.members ?? [])
            + (schema["allOf"]?.elements ?? []).flatMap { members(of: document.resolved($0)) }
    }

    private func required(of schema: DocumentNode) -> [DocumentNode] {
        (schema["required"]?.elements ?? [])
            + (schema["allOf"]?.elements ?? []).flatMap { required(of: document.resolved($0)) }
    }

    /// What is said of a member: its own words, or those of the schema that it refers to; and what it is where it is absent.
    private func words(of schema: DocumentNode) -> String {
        let absent = schema["default"].map { " Default: `\($0.string ?? $0.json())`." } ?? ""
        return (description(of: schema) ?? "") + absent
    }

    private func description(of schema: DocumentNode) -> String? {
        if let own = schema["description"]?.string { return own }
        if schema["$ref"] != nil { return description(of: document.resolved(schema)) }
        let choices = (schema["anyOf"]?.elements ?? []).filter { $0["type"] != "null" }
        return choices.count == 1 ? description(of: choices[0]) : nil
    }

    /// Such as "integer, 60 to 604800, or null".
    func type(of schema: DocumentNode) -> HTML {
        if let reference = schema["$ref"]?.string {
            let name = String(reference.split(separator: "/").last ?? "")
            return "<a href=\"#schema-\(name)\">\(name)</a>\(lengths(of: schema))"
        }
        if let value = schema["const"] { return "<code>\(value.json())</code>" }
        if let values = schema["enum"]?.elements { return self.values(values) }
        for choices in ["anyOf", "oneOf"] {
            if schema["type"] == nil, let choices = schema[choices]?.elements {
                return HTML(
                    choices.enumerated().map { index, choice in
                        index == 0 ? type(of: choice) : " or \(type(of: choice))"
                    })
            }
        }
        let only = schema["type"] ?? "object"
        let names = only.elements.isEmpty ? [only] : only.elements
        return HTML(
            names.compactMap(\.string).enumerated().map { index, name in
                (index == 0 ? "" : " or ") + (name == "null" ? HTML("null") : plain(name, schema))
            })
    }

    private func values(_ values: [DocumentNode]) -> HTML {
        guard values.count <= 40 else { return "one of \(values.count) codes" }
        return HTML(
            values.enumerated().map { index, value in
                (index == 0 ? "" : ", ") + "<code>\(value.string ?? value.json())</code>"
            })
    }

    private func plain(_ type: String, _ schema: DocumentNode) -> HTML {
        switch type {
        case "array":
            guard let items = schema["items"] else { return "array" }
            return "array of \(self.type(of: items))\(counts(of: schema, "elements", "minItems", "maxItems"))"
        case "integer": return "integer\(counts(of: schema, "", "minimum", "maximum"))"
        case "string": return "string\(lengths(of: schema))"
        default: return HTML(escaping: type)
        }
    }

    private func lengths(of schema: DocumentNode) -> HTML {
        counts(of: schema, "characters", "minLength", "maxLength")
    }

    private func counts(of schema: DocumentNode, _ unit: String, _ least: String, _ most: String) -> HTML {
        let words =
            switch (schema[least], schema[most]) {
            case (let least?, let most?): ", \(least.json()) to \(most.json())"
            case (let least?, nil): ", at least \(least.json())"
            case (nil, let most?): ", at most \(most.json())"
            case (nil, nil): ""
            }
        return HTML(escaping: words.isEmpty || unit.isEmpty ? words : "\(words) \(unit)")
    }
}
