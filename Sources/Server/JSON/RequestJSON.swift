import HTTPTypes
import Verifier

/// The JSON object of a request's body, strictly read: what is not exactly JSON is refused, and the refusal says where.
struct RequestJSON {
    /// Objects and arrays within each other; the deepest request there is uses four.
    static let depthMax = 16
    private static let oversizedNumbersMax = 32

    let root: JSONValue
    /// Paths of numbers too large for any integer. The text holds 0.0 in their stead, so that reading goes on: a number
    /// that no field takes, should a path be spelt otherwise here than where the field is read.
    let oversizedNumbers: Set<String>

    init(_ body: [UInt8]) throws(Problem) {
        var text = body
        var oversized: Set<String> = []
        var blanked = 0
        while true {
            do throws(JSONError) {
                root = try JSONDocument.parse(text, maxDepth: Self.depthMax).root
                break
            } catch {
                // Each costs another reading, so a text made of nothing else is refused as a whole.
                guard error.kind == .numberOutOfRange, blanked < Self.oversizedNumbersMax,
                    let path = Self.blankNumber(before: error.position, in: &text)
                else { throw Problem(error, in: body) }
                blanked += 1
                oversized.insert(path)
            }
        }
        guard root.kind == .object else {
            throw Problem(.malformedJSON, "The body must be one JSON object, such as {\"name\": \"…\"}.")
        }
        oversizedNumbers = oversized
    }

    /// Puts `0.0` and white space where the number was and gives its path.
    private static func blankNumber(before offset: Int, in text: inout [UInt8]) -> String? {
        let walk = JSONWalk(text, upTo: offset)
        guard let number = walk.number, number.count >= 3 else { return nil }
        text.replaceSubrange(number, with: Array("0.0".utf8) + [UInt8](repeating: 0x20, count: number.count - 3))
        return walk.path
    }
}

extension Problem {
    /// What the client did wrong when its body is no JSON text.
    fileprivate init(_ error: JSONError, in text: [UInt8]) {
        let (line, column) = JSONWalk.lineAndColumn(of: error.position, in: text)
        let place = "at line \(line), column \(column)"
        let path = JSONWalk(text, upTo: error.position).path
        let member = path.isEmpty ? "" : " (in \"\(path)\")"
        switch error.kind {
        case .prematureEnd where text.isEmpty:
            self.init(.malformedJSON, "The body is empty: send a JSON object.")
        case .prematureEnd:
            self.init(
                .malformedJSON, "The body is not valid JSON: it ends too early, \(place)\(member).")
        case .syntax:
            self.init(.malformedJSON, "The body is not valid JSON: \(error.text), \(place)\(member).")
        case .trailingBytes:
            self.init(
                .malformedJSON,
                "The body is not valid JSON: something follows the object, \(place). Send one object and nothing else.")
        case .duplicateMember:
            self.init(
                .duplicateMember,
                "The member \"\(path)\" is given twice, \(place). Send each member once: readers disagree on which of the "
                    + "two counts.")
        case .invalidUTF8:
            self.init(
                .malformedJSON,
                "The body is not valid JSON: text that is not UTF-8, or half a surrogate pair, \(place)\(member).")
        case .nulCharacter:
            self.init(
                .malformedJSON,
                "The body must not contain the character U+0000; it does \(place)\(member).")
        case .numberOutOfRange:
            self.init(
                .malformedJSON, "A number is too large for any field, \(place)\(member).")
        case .tooDeep:
            self.init(
                .jsonTooDeep,
                "Objects and arrays may be nested \(RequestJSON.depthMax) deep; these are deeper, \(place).")
        case .outOfMemory:
            self.init(.unavailable, "The server is short of memory. Try again later.")
        }
    }
}
