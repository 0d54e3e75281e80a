import HTTPTypes
import Issuer
import NIOCore

/// The answers that are problems: one for each status, with every code that it can have.
struct ProblemAnswers {
    /// Statuses that any route can answer with, since anybody can send anything.
    static let everywhere = [400, 408, 417, 431, 500, 503, 505]
    static let behindAKey = [401, 403, 422, 429]
    static let withABody = [413, 415]
    static let withAPathParameter = [404]
    /// Of a request that is done once for each Idempotency-Key.
    static let onceOnly = [409]

    /// `components/responses`.
    private(set) var responses: DocumentNode = [:]

    /// `says`: of each code a sentence, or an object with the sentence and the fields of an example.
    init(_ says: DocumentNode) {
        let statuses = Set(ProblemCode.allCases.map { Int($0.status.code) }).sorted()
        for status in statuses {
            let codes = ProblemCode.allCases.filter { $0.statuses.contains(status) && says[$0.rawValue] != nil }
            responses[Self.name(of: status)] = Self.response(status, codes, says)
        }
    }

    static func reference(to status: Int) -> String { "#/components/responses/\(name(of: status))" }

    private static func name(of status: Int) -> String { "Problem\(status)" }

    private static func response(_ status: Int, _ codes: [ProblemCode], _ says: DocumentNode) -> DocumentNode {
        var headers: DocumentNode = ["X-Request-Id": ["$ref": "#/components/headers/RequestId"]]
        switch status {
        case 401: headers["WWW-Authenticate"] = ["$ref": "#/components/headers/Authenticate"]
        case 405: headers["Allow"] = ["$ref": "#/components/headers/Allow"]
        case 409, 429, 503: headers["Retry-After"] = ["$ref": "#/components/headers/RetryAfter"]
        default: break
        }
        if ![401, 408, 417, 421, 431, 505].contains(status) { addRateLimits(to: &headers) }
        var examples: DocumentNode = [:]
        for code in codes {
            examples[code.rawValue] = ["summary": .string(code.rawValue), "value": example(code, status, says)]
        }
        let own: DocumentNode = [
            "properties": [
                "status": ["const": .integer(Int64(status))],
                "code": ["enum": .array(codes.map { .string($0.rawValue) })],
            ]
        ]
        return [
            "description": .string(codes.map { "`\($0.rawValue)`" }.joined(separator: ", ")),
            "headers": headers,
            "content": [
                Problem.mediaType: [
                    "schema": ["allOf": [["$ref": "#/components/schemas/Problem"], own]],
                    "examples": examples,
                ]
            ],
        ]
    }

    /// As the server would write it.
    private static func example(_ code: ProblemCode, _ status: Int, _ says: DocumentNode) -> DocumentNode {
        let entry = says[code.rawValue] ?? .null
        var problem = Problem(code, entry.string ?? entry["says"]?.string ?? "")
        if status == 422 {
            problem = Problem(invalid: (entry["errors"]?.elements ?? []).compactMap { FieldError(example: $0, code) })
        }
        let document = problem.document(
            instance: "/v1/authorize", requestID: "req_365145067c2ad956e6e6ca15f3ba2f05")
        return DocumentNode(known: Array(document.readableBytesView))
    }

    static func addRateLimits(to headers: inout DocumentNode) {
        for (field, name) in [
            ("RateLimit-Policy", "RateLimitPolicy"), ("RateLimit", "RateLimit"), ("RateLimit-Limit", "RateLimitLimit"),
            ("RateLimit-Remaining", "RateLimitRemaining"), ("RateLimit-Reset", "RateLimitReset"),
        ] {
            headers[field] = ["$ref": .string("#/components/headers/\(name)")]
        }
    }
}

extension ProblemCode {
    /// Its own; and 422 too, where a field that names nothing is not the only one that is wrong.
    var statuses: [Int] { self == .notFound ? [404, 422] : [Int(status.code)] }
}

extension FieldError {
    /// `{"field", "message", "code"?}`.
    fileprivate init?(example: DocumentNode, _ code: ProblemCode) {
        guard let field = example["field"]?.string, let message = example["message"]?.string else { return nil }
        self.init(
            field: field, code: example["code"]?.string.flatMap(ProblemCode.init) ?? code, message: message)
    }
}
