import HTTPTypes
import Hummingbird
import Issuer
import Testing

@testable import Server

/// The OpenAPI document beside the program that it is about.
///
/// A new route needs a part in Sources/Server/OpenAPI/Document, and a line in `OpenAPIDocument`; a new code of a problem a
/// sentence in problems.json.
@Suite struct `The OpenAPI document` {
    private static let document = OpenAPIDocument.issuer(at: "https://issuer.test", version: Release.version)

    /// Pages for people are not in the document: all that programs call is.
    private static func isForPrograms(_ path: String) -> Bool {
        ["/v1/", "/v3/", "/.well-known/"].contains { path.hasPrefix($0) }
            || ["/healthz", "/readyz", "/metrics"].contains(path)
    }

    /// A path with its parameters nameless, since the router names them otherwise than the document does.
    private static func shape(_ path: String) -> String {
        path.split(separator: "/").map { $0.hasPrefix(":") || $0.hasPrefix("{") ? "/{}" : "/\($0)" }.joined()
    }

    @Test func `it has every route of the router, with its methods, and no other`() async throws {
        let routes = try await TestServer.shared.value.routes
            .filter { $0.method != .head && Self.isForPrograms($0.path) }
            .map { "\($0.method.rawValue) \(Self.shape($0.path))" }
        let documented = Self.document.operations.map { "\($0.method) \(Self.shape($0.path))" }
        #expect(routes.count > 30)
        #expect(Set(routes).subtracting(documented) == [], "routes that are not in the document")
        #expect(Set(documented).subtracting(routes) == [], "operations that are no routes")
        #expect(Set(documented).count == documented.count)
    }

    @Test func `it has every code of a problem, and no other`() {
        let said = DocumentNode(known: PackageResources.problems_json)["problems"]?.members.map(\.name) ?? []
        #expect(Set(said) == Set(ProblemCode.allCases.map(\.rawValue)))
        for code in ProblemCode.allCases {
            for status in code.statuses {
                let answer = Self.document.resolved(["$ref": .string(ProblemAnswers.reference(to: status))])
                let example = answer["content"]?[Problem.mediaType]?["examples"]?[code.rawValue]?["value"]
                #expect(example?["code"] == .string(code.rawValue), "\(status) \(code)")
                #expect(example?["status"] == .integer(Int64(status)), "\(status) \(code)")
            }
        }
    }

    @Test func `it has every value of each enumeration, and no other`() {
        Self.expect("AgentStatus", Agent.Status.self)
        Self.expect("AuditAction", AuditAction.self)
        Self.expect("AuthorizationStatus", AuthorizationStatus.self)
        Self.expect("Day", Schedule.Day.self)
        Self.expect("Decision", Decision.self)
        Self.expect("Environment", Environment.self)
        Self.expect("PolicyMode", PolicyTerms.Mode.self)
        Self.expect("ReasonCode", ReasonCode.self)
        Self.expect("Role", Role.self)
        Self.expect("Scope", Scope.self)
        Self.expect("SignatureAlgorithm", SignatureAlgorithm.self)
        #expect(Self.values(of: Self.schema("Interval")) == Set(Interval.names))
        #expect(
            Self.values(of: Self.schema("PolicyWarning")["properties"]?["code"])
                == Set(PolicyWarning.Code.allCases.map(\.rawValue)))
        #expect(
            Self.values(of: Self.schema("AffectedRequest")["properties"]?["change"])
                == Set(SimulationReport.Change.allCases.map(\.rawValue)))
    }

    @Test func `it has every currency and every country, and no other`() {
        let letters = (UInt8(ascii: "A")...UInt8(ascii: "Z")).map { String(UnicodeScalar($0)) }
        let pairs = letters.flatMap { first in letters.map { first + $0 } }
        let countries = pairs.filter { (try? CountryCode($0)) != nil }
        let currencies = pairs.flatMap { pair in letters.map { pair + $0 } }.filter { (try? CurrencyCode($0)) != nil }
        #expect(Self.values(of: Self.schema("Country")) == Set(countries))
        #expect(Self.values(of: Self.schema("Currency")) == Set(currencies))
    }

    @Test func `its requests have the members that are read, and no other`() {
        Self.expect("AgentDraft", AgentDraft.names)
        Self.expect("AgentChange", AgentChange.names)
        Self.expect("ApiKeyDraft", APIKeyDraft.names)
        Self.expect("AuthorizationRequest", AuthorizationRequest.names)
        Self.expect("MerchantDraft", Merchant.names)
        Self.expect("PolicyDraft", PolicyTerms.names)
        Self.expect("PolicyReplacement", PolicyTerms.names + PolicyTerms.ownNames)
        Self.expect("PeriodLimitDraft", SpendLimit.names)
        Self.expect("ScheduleDraft", Schedule.names)
        Self.expect("SignUpDraft", SignUpDraft.names)
        Self.expect("SimulationDraft", SimulationDraft.names)
    }

    @Test func `each request's object is closed, and each reference leads somewhere`() {
        for (method, path, operation) in Self.document.operations {
            guard let schema = operation["requestBody"]?["content"]?["application/json"]?["schema"] else { continue }
            #expect(Self.document.resolved(schema)["additionalProperties"] == .bool(false), "\(method) \(path)")
        }
        _ = Self.document.root.mapped { node in
            if let reference = node["$ref"]?.string { #expect(Self.document.resolved(node) != .null, "\(reference)") }
            return node
        }
    }

    // MARK: -

    private static func schema(_ name: String) -> DocumentNode {
        document.root["components"]?["schemas"]?[name] ?? .null
    }

    private static func values(of schema: DocumentNode?) -> Set<String> {
        Set((schema?["enum"]?.elements ?? []).compactMap(\.string))
    }

    private static func expect<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Choice.Type
    ) where Choice.RawValue == String {
        #expect(values(of: schema(name)) == Set(Choice.allCases.map(\.rawValue)), "\(name)")
    }

    private static func expect(_ name: String, _ members: [String]) {
        #expect(Set((schema(name)["properties"]?.members ?? []).map(\.name)) == Set(members), "\(name)")
    }
}
