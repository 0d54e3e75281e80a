import HTTPTypes
import Hummingbird
import Issuer

/// The fields of a form, as browsers post them (application/x-www-form-urlencoded, WHATWG URL section 5.1).
struct FormFields: Sendable {
    private var values: [String: [String]] = [:]

    init() {}

    /// A name that is there more than once.
    var twice: String? { values.first { $0.value.count > 1 }?.key }

    /// Nil unless all of it is percent-encoded UTF-8 without NUL, at which C and what speaks to PostgreSQL end a text.
    init?(query: some StringProtocol) {
        for part in query.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decoded(pair[0]),
                let value = pair.count > 1 ? PercentEncoding.decoded(pair[1]) : ""
            else { return nil }
            guard !name.utf8.contains(0), !value.utf8.contains(0) else { return nil }
            values[name, default: []].append(value)
        }
    }

    /// The one field of that name. Throws where it is there twice; absent or empty is nil.
    func optional(_ name: String) throws -> String? {
        let found = values[name] ?? []
        guard found.count <= 1 else {
            throw Problem(.duplicateField, "The form has the field \"\(name)\" more than once.")
        }
        return found.first.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The one field of that name, "" where it is absent.
    func text(_ name: String) throws -> String { try optional(name) ?? "" }

    /// All fields of that name, as check boxes post them.
    func all(_ name: String) -> [String] { values[name] ?? [] }
}

extension Request {
    /// Reads a form's body of at most `bytesMax`.
    func readForm(bytesMax: Int, scope: RequestScope) async throws -> FormFields {
        let type = (headers[.contentType] ?? "").prefix { $0 != ";" }.lowercased()
        guard type == "application/x-www-form-urlencoded" else {
            throw Problem(
                .unsupportedMediaType,
                "Send a form as application/x-www-form-urlencoded, without files.")
        }
        let bytes = try await readBytes(bytesMax: bytesMax, scope: scope)
        guard let text = String(validating: bytes, as: UTF8.self), let fields = FormFields(query: text) else {
            throw Problem(.malformedForm, "The form is not percent-encoded UTF-8 without NUL.")
        }
        return fields
    }
}
