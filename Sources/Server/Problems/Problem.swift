import HTTPTypes
import Hummingbird
import Issuer
import NIOCore

/// Any answer that is not what was asked for, as RFC 9457 has it: the only shape errors have here.
struct Problem: Error, Sendable {
    let status: HTTPResponse.Status
    let code: ProblemCode
    /// What was wrong, where, and what to do, in sentences.
    let detail: String
    /// On 422: every wrong field.
    var errors: [FieldError] = []
    var headers = HTTPFields()
    /// The first answer's, when this one is a replay.
    var requestID: String?
    /// Whether it is the answer that an Idempotency-Key keeps.
    var isKept = false

    init(_ code: ProblemCode, _ detail: String, headers: HTTPFields = [:]) {
        self.status = code.status
        self.code = code
        self.detail = detail
        self.headers = headers
    }

    /// 422. The code is the fields' own where they agree; a misspelt name outranks what follows from it.
    init(invalid errors: [FieldError]) {
        let codes = Set(errors.map(\.code))
        let code: ProblemCode? =
            if codes.contains(.unknownField) { .unknownField } else { codes.count == 1 ? codes.first : nil }
        let sentences = errors.map {
            "\($0.field.isEmpty ? "The request" : "\"\($0.field)\"") \($0.message)\($0.message.hasSuffix("?") ? "" : ".")"
        }
        // A field's code can be that of another status where it stands alone: NOT_FOUND.
        self.status = .unprocessableContent
        self.code = code ?? .validationFailed
        self.detail = sentences.joined(separator: " ")
        self.errors = errors
    }

    /// What it is called: one title a code, the code in words.
    var title: String {
        let words = code.rawValue.split(separator: "_").map {
            Self.acronyms.contains($0) ? String($0) : $0.lowercased()
        }
        .joined(separator: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    private static let acronyms: Set<Substring> = ["HTTP", "ID", "JSON"]

    /// The answer to `path`, which `requestID` names in the logs.
    func response(instance path: String, requestID: String) -> Response {
        var headers = headers
        headers[.contentType] = Self.mediaType
        headers[.contentSecurityPolicy] = Self.policy
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: document(instance: path, requestID: requestID)))
    }

    static let mediaType = "application/problem+json"
    /// It is no page: where a browser shows it, nothing is loaded, and no other page has it in a frame.
    static let policy = "default-src 'none'; frame-ancestors 'none'"

    func document(instance path: String, requestID: String) -> ByteBuffer {
        JSONWriter.object { json in
            json.member("type", "urn:paitify:problem:" + code.rawValue.lowercased().replacing("_", with: "-"))
            json.member("title", title)
            json.member("status", Int64(status.code))
            json.member("detail", detail)
            json.member("code", code.rawValue)
            json.member("instance", path)
            json.member("requestId", self.requestID ?? requestID)
            if !errors.isEmpty {
                json.member("errors", array: errors) { json, error in
                    json.object { json in
                        json.member("field", error.field)
                        json.member("code", error.code.rawValue)
                        json.member("message", error.message)
                    }
                }
            }
        }
    }
}
