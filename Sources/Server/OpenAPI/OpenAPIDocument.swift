import HTTPTypes
import Issuer

/// The OpenAPI document of the API, put together of the parts in the folder `Document`.
///
/// The parts say what is each route's own. What all routes share is added here, once: the problems that any of them can
/// answer with, and the header fields of every answer.
struct OpenAPIDocument: Sendable {
    private(set) var root: DocumentNode

    /// The same in every process but for the addresses.
    private static let common = OpenAPIDocument(parts: [
        PackageResources.authorizations_json, PackageResources.agents_json, PackageResources.policies_json,
        PackageResources.approvals_json, PackageResources.api_keys_json, PackageResources.signing_keys_json,
        PackageResources.people_json, PackageResources.audit_json, PackageResources.open_routes_json,
        PackageResources.values_json,
        PackageResources.authorization_schemas_json, PackageResources.authorization_examples_json,
        PackageResources.evaluations_json, PackageResources.policy_drafts_json, PackageResources.policy_schemas_json,
        PackageResources.simulation_json, PackageResources.problems_json,
    ])

    /// The document of the issuer whose tokens say `issuerURL`.
    static func issuer(at issuerURL: String, version: String) -> OpenAPIDocument {
        var document = common
        document.root["info"]?["version"] = .string(version)
        // A path alone: who reads the document here is to try it out here, under whatever name this issuer was reached.
        document.root["servers"] = [
            ["url": "/", "description": "Where this document was read."],
            ["url": .string(issuerURL), "description": "The issuer, as its tokens name it."],
        ]
        return document
    }

    private init(parts: [[UInt8]]) {
        root = DocumentNode(known: PackageResources.api_json)
        var tags: DocumentNode = []
        var (paths, schemas) = (DocumentNode.empty, DocumentNode.empty)
        var (examples, problems) = (DocumentNode.empty, DocumentNode.empty)
        for part in parts.map(DocumentNode.init(known:)) {
            tags = .array(tags.elements + (part["tags"]?.elements ?? []))
            for pair in part["paths"]?.members ?? [] { paths[pair.name] = pair.value }
            for pair in part["schemas"]?.members ?? [] { schemas[pair.name] = pair.value }
            for pair in part["examples"]?.members ?? [] { examples[pair.name] = pair.value }
            for pair in part["problems"]?.members ?? [] { problems[pair.name] = pair.value }
        }
        let answers = ProblemAnswers(problems)
        for path in paths.members {
            paths[path.name] = Self.completed(path: path.name, path.value).mapped { $0.withExample(of: examples) }
        }
        root["tags"] = tags
        root["paths"] = paths
        root["components"]?["schemas"] = schemas
        root["components"]?["responses"] = answers.responses
    }

    // MARK: What the document says

    /// Each operation there is: its method in capitals, its path.
    var operations: [(method: String, path: String, operation: DocumentNode)] {
        (root["paths"]?.members ?? []).flatMap { path in
            path.value.members.filter { Self.methods.contains($0.name) }
                .map { ($0.name.uppercased(), path.name, $0.value) }
        }
    }

    /// What `node` stands for, where it is a reference to a part of this document, with what stands beside the reference;
    /// else itself.
    func resolved(_ node: DocumentNode) -> DocumentNode {
        guard let reference = node["$ref"]?.string else { return node }
        let found = reference.split(separator: "/").dropFirst().reduce(root) { node, name in node[String(name)] ?? .null
        }
        return node.members.filter { $0.name != "$ref" }.reduce(into: resolved(found)) { whole, beside in
            whole[beside.name] = beside.value
        }
    }

    static let methods = ["get", "put", "post", "patch", "delete"]

    // MARK: What every route shares

    private static func completed(path: String, _ item: DocumentNode) -> DocumentNode {
        var item = item
        for method in methods {
            guard let operation = item[method] else { continue }
            item[method] = completed(method, hasParameters: path.contains("{"), operation)
        }
        return item
    }

    private static func completed(_ method: String, hasParameters: Bool, _ operation: DocumentNode) -> DocumentNode {
        var operation = operation
        let isOpen = operation["security"]?.elements.isEmpty ?? false
        let isKept = method == "post" && !isOpen
        var parameters = operation["parameters"]?.elements ?? []
        if isKept { parameters.append(["$ref": "#/components/parameters/IdempotencyKey"]) }
        if !isOpen {
            if method != "get" { parameters.append(["$ref": "#/components/parameters/CSRFToken"]) }
            parameters.append(["$ref": "#/components/parameters/Environment"])
        }
        parameters.append(["$ref": "#/components/parameters/RequestId"])
        operation["parameters"] = .array(parameters)

        var responses = operation["responses"] ?? [:]
        for response in responses.members where response.value != .empty {
            responses[response.name]?["headers"] = headers(
                of: response.value, isOpen: isOpen, isReplayed: isKept && response.name.hasPrefix("2"))
        }
        var statuses = ProblemAnswers.everywhere
        if !isOpen { statuses += ProblemAnswers.behindAKey }
        if operation["requestBody"] != nil { statuses += ProblemAnswers.withABody }
        if isKept { statuses += ProblemAnswers.onceOnly }
        if hasParameters { statuses += ProblemAnswers.withAPathParameter }
        statuses += responses.members.filter { $0.value == .empty }.compactMap { Int($0.name) }
        for status in statuses { responses["\(status)"] = ["$ref": .string(ProblemAnswers.reference(to: status))] }
        if case .object(var members) = responses {
            members.sort { $0.name < $1.name }
            responses = .object(members)
        }
        operation["responses"] = responses
        return operation
    }

    private static func headers(of response: DocumentNode, isOpen: Bool, isReplayed: Bool) -> DocumentNode {
        var headers = response["headers"] ?? [:]
        if isReplayed { headers["Idempotent-Replayed"] = ["$ref": "#/components/headers/IdempotentReplayed"] }
        headers["X-Request-Id"] = ["$ref": "#/components/headers/RequestId"]
        if !isOpen { ProblemAnswers.addRateLimits(to: &headers) }
        return headers
    }
}

extension DocumentNode {
    /// `{"$example": NAME, …}` stands for the example of that name, with its other members in the place of its own.
    fileprivate func withExample(of examples: DocumentNode) -> DocumentNode {
        guard let name = self["$example"]?.string else { return self }
        guard var example = examples[name] else { preconditionFailure("there is no example \(name)") }
        example = example.mapped { $0.withExample(of: examples) }
        for pair in members where pair.name != "$example" { example[pair.name] = pair.value }
        return example
    }
}
