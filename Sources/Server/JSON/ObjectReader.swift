import Issuer
import Verifier

/// Reads the members of one JSON object into domain types and notes whatever is wrong with each.
///
/// Every reader gives nil for a member that is absent, null or wrong; wrong ones, and required ones that are absent,
/// leave a finding. No number is ever rounded or converted: `5.0`, `1e3` and `"5"` are not integers.
struct ObjectReader {
    let findings: Findings
    private let object: JSONValue
    private let path: String

    /// Notes every member that is not among `names`.
    init(_ object: JSONValue, at path: String = "", names: [String], into findings: Findings) {
        self.object = object
        self.path = path
        self.findings = findings
        for (name, _) in object.members where !names.contains(name) {
            guard !findings.isFull else { return }
            let hint = Spelling.nearest(to: name, among: names).map { ": did you mean \"\($0)\"?" } ?? ""
            findings.note(field(String(name.prefix(100))), .unknownField, "is not a field of this request\(hint)")
        }
    }

    /// Whether the member is there and not null: what a reader that gives nil has refused.
    func has(_ name: String) -> Bool {
        object[utf8: Array(name.utf8).span].map { $0.kind != .null } ?? false
    }

    /// Whether the member is there, be it null.
    func mentions(_ name: String) -> Bool {
        object[utf8: Array(name.utf8).span] != nil
    }

    func text<Value>(
        _ name: String, required: Bool = false, _ parse: (String) throws(InvalidValue) -> Value
    ) -> Value? {
        guard let member = member(name, required: required) else { return nil }
        guard let text = member.string else { return wrongType(name, "a string", member) }
        do {
            return try parse(text)
        } catch {
            findings.note(field(name), ProblemCode(error.code), error.message)
            return nil
        }
    }

    func id<Kind>(_ name: String, _ resource: IssuerError.Resource, required: Bool = false) -> ID<Kind>? {
        guard let text = text(name, required: required, { (text) throws(InvalidValue) in text }) else { return nil }
        if let id = ID<Kind>(text) { return id }
        if text.hasPrefix("\(Kind.prefix)_") {
            findings.noteMissing(field(name), resource, String(text.prefix(100)))
        } else {
            findings.note(
                field(name), .invalidValue, "must be the identifier of \(resource.nounWithArticle), \(Kind.prefix)_…")
        }
        return nil
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, required: Bool = false, _ type: Choice.Type = Choice.self
    ) -> Choice? where Choice.RawValue == String {
        text(name, required: required) { (text) throws(InvalidValue) in
            guard let choice = Choice(rawValue: text) else { throw .notOneOf(Choice.allCases.map(\.rawValue)) }
            return choice
        }
    }

    func instant(_ name: String, required: Bool = false) -> Instant? {
        text(name, required: required) { (text) throws(InvalidValue) in
            guard let instant = Instant(rfc3339: text) else { throw .notATime }
            return instant
        }
    }

    func integer(_ name: String, in range: ClosedRange<Int64>, required: Bool = false) -> Int64? {
        guard let member = member(name, required: required) else { return nil }
        let outOfRange = "must be an integer from \(range.lowerBound) to \(range.upperBound)"
        guard !findings.oversizedNumbers.contains(field(name)) else {
            findings.note(field(name), .outOfRange, outOfRange)
            return nil
        }
        guard let value = member.int64 else {
            let wanted = member.kind == .real ? "an integer, written without fraction and exponent" : "an integer"
            return wrongType(name, wanted, member)
        }
        guard range.contains(value) else {
            findings.note(field(name), .outOfRange, outOfRange)
            return nil
        }
        return value
    }

    func bool(_ name: String) -> Bool? {
        guard let member = member(name, required: false) else { return nil }
        return member.bool ?? wrongType(name, "true or false", member)
    }

    func object<Value>(
        _ name: String, names: [String], required: Bool = false, _ read: (ObjectReader) -> Value?
    ) -> Value? {
        guard let member = member(name, required: required) else { return nil }
        guard member.kind == .object else { return wrongType(name, "an object", member) }
        return read(ObjectReader(member, at: field(name), names: names, into: findings))
    }

    func objects<Value>(
        _ name: String, countMax: Int, names: [String], _ read: (ObjectReader) -> Value?
    ) -> [Value]? {
        elements(name, countMax: countMax) { element, path in
            guard element.kind == .object else { return wrongType(at: path, "an object", element) }
            return read(ObjectReader(element, at: path, names: names, into: findings))
        }
    }

    func texts<Value>(
        _ name: String, countMax: Int, _ parse: (String) throws(InvalidValue) -> Value
    ) -> [Value]? {
        elements(name, countMax: countMax) { element, path -> Value? in
            guard let text = element.string else { return wrongType(at: path, "a string", element) }
            do throws(InvalidValue) {
                return try parse(text)
            } catch {
                findings.note(path, ProblemCode(error.code), error.message)
                return nil
            }
        }
    }

    func metadata() -> Metadata? {
        guard let member = member("metadata", required: false) else { return nil }
        guard member.kind == .object else { return wrongType("metadata", "an object of strings", member) }
        var pairs: [String: String] = [:]
        for (name, value) in member.members {
            let path = "metadata.\(name.prefix(100))"
            // Other code points, but the same characters (Unicode's canonical equivalence).
            if pairs[name] != nil {
                findings.note(path, .invalidValue, "is given twice, in two spellings of the same characters")
            }
            pairs[name] = value.string ?? wrongType(at: path, "a string", value)
        }
        do {
            return try Metadata(pairs)
        } catch {
            findings.note(field("metadata"), ProblemCode(error.code), error.message)
            return nil
        }
    }

    /// Notes that this object, or a member of it, is wrong as a whole.
    func note(_ name: String? = nil, _ code: ProblemCode, _ message: String) {
        findings.note(name.map(field) ?? path, code, message)
    }

    // MARK: -

    private func elements<Value>(
        _ name: String, countMax: Int, _ read: (JSONValue, String) -> Value?
    ) -> [Value]? {
        guard let member = member(name, required: false) else { return nil }
        guard member.kind == .array else { return wrongType(name, "an array", member) }
        guard member.elements.count <= countMax else {
            findings.note(field(name), .tooMany, "must have at most \(countMax) elements")
            return nil
        }
        let path = field(name)
        var values: [Value] = []
        for (index, element) in member.elements.enumerated() {
            if let value = read(element, "\(path)[\(index)]") { values.append(value) }
        }
        return values
    }

    /// The member's value; null counts as absent.
    private func member(_ name: String, required: Bool) -> JSONValue? {
        let member = object[utf8: Array(name.utf8).span]
        if let member, member.kind != .null { return member }
        if required { findings.note(field(name), .required, "is required") }
        return nil
    }

    private func field(_ name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }

    private func wrongType<Value>(_ name: String, _ wanted: String, _ found: JSONValue) -> Value? {
        wrongType(at: field(name), wanted, found)
    }

    private func wrongType<Value>(at path: String, _ wanted: String, _ found: JSONValue) -> Value? {
        findings.note(path, .wrongType, "must be \(wanted), not \(found.kind.noun)")
        return nil
    }
}

extension JSONValue.Kind {
    fileprivate var noun: String {
        switch self {
        case .null: "null"
        case .bool: "a truth value"
        case .string: "a string"
        case .object: "an object"
        case .array: "an array"
        case .integer: "a number"
        case .real: "a number with a fraction or an exponent"
        }
    }
}

extension InvalidValue {
    static func notOneOf(_ choices: [String]) -> InvalidValue {
        InvalidValue("must be one of \(choices.map { "\"\($0)\"" }.joined(separator: ", "))")
    }

    static let notATime = InvalidValue("must be an RFC 3339 time, such as \"2026-11-23T09:30:00.000Z\"")
}
