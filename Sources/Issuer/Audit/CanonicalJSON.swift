internal import Foundation

/// One spelling for each JSON value (RFC 8785), so that equal values have equal hashes.
///
/// Integers of 64 bits are the only numbers; RFC 8785 spells those up to 2^53 the same.
indirect enum CanonicalJSON: Decodable, Equatable {
    case null
    case flag(Bool)
    case integer(Int64)
    case text(String)
    case array([CanonicalJSON])
    case object([String: CanonicalJSON])

    /// `json`, which this program wrote, in that spelling.
    static func text(of json: String) throws(StorageError) -> String {
        do {
            let value = try JSONDecoder().decode(CanonicalJSON.self, from: Data(json.utf8))
            return JSONWriter.text(value.write)
        } catch {
            throw .corrupt("what the audit log is to hold is no JSON that it knows: \(error)")
        }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let integer = try? container.decode(Int64.self) {
            self = .integer(integer)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let elements = try? container.decode([CanonicalJSON].self) {
            self = .array(elements)
        } else {
            self = .object(try container.decode([String: CanonicalJSON].self))
        }
    }

    func write(to json: inout JSONWriter) {
        switch self {
        case .null: json.null()
        case .flag(let flag): json.json(flag ? "true" : "false")
        case .integer(let integer): json.integer(integer)
        case .text(let text): json.json(Self.quoted(text))
        case .array(let elements): json.array(elements) { json, element in element.write(to: &json) }
        case .object(let members):
            // RFC 8785 section 3.2.3: by UTF-16 code units.
            let ordered = members.sorted { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }
            json.json(
                "{" + ordered.map { Self.quoted($0.key) + ":" + JSONWriter.text($0.value.write) }.joined(separator: ",")
                    + "}")
        }
    }

    /// RFC 8785 section 3.2.2.2 has two short escapes that `JSONWriter` spells out.
    private static func quoted(_ text: String) -> String {
        let quoted = JSONWriter.text { $0.text(text) }
        guard text.utf8.contains(where: { $0 == 0x08 || $0 == 0x0c }) else { return quoted }
        return quoted.replacing("\\u0008", with: "\\b").replacing("\\u000c", with: "\\f")
    }
}
