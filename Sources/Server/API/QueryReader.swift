import Issuer

/// Reads the parameters of a query and notes whatever is wrong with each; a misspelt one must never be ignored.
struct QueryReader {
    let findings = Findings()
    private var parameters: [String: String] = [:]

    init(_ query: String?, names: [String]) {
        for part in (query ?? "").split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decoded(pair[0]),
                let value = pair.count > 1 ? PercentEncoding.decoded(pair[1]) : ""
            else {
                findings.note(String(pair[0].prefix(100)), .invalidValue, "is not percent-encoded UTF-8")
                continue
            }
            guard names.contains(name) else {
                let hint = Spelling.nearest(to: name, among: names).map { ": did you mean \"\($0)\"?" } ?? ""
                findings.note(
                    String(name.prefix(100)), .unknownParameter, "is not a parameter of this request\(hint)")
                continue
            }
            guard parameters.updateValue(value, forKey: name) == nil else {
                findings.note(name, .duplicateParameter, "is given twice; send it once")
                continue
            }
        }
    }

    func flag(_ name: String) -> Bool {
        switch parameters[name] {
        case nil, "false": return false
        case "true": return true
        default:
            findings.note(name, .invalidValue, "must be true or false")
            return false
        }
    }

    /// Any text to filter by, of at most 200 characters, none of them a control character.
    func text(_ name: String) -> String? {
        guard let text = parameters[name] else { return nil }
        guard !text.hasControlCharacters else {
            findings.note(name, .invalidValue, "must not contain control characters")
            return nil
        }
        if (1...200).contains(text.count) { return text }
        findings.note(name, .outOfRange, "must be 1 to 200 characters long")
        return nil
    }

    /// An identifier to filter by. One that no thing of that kind can have is noted as naming nothing.
    func id<Kind>(_ name: String, _ resource: IssuerError.Resource) -> ID<Kind>? {
        guard let text = parameters[name] else { return nil }
        if let id = ID<Kind>(text) { return id }
        findings.noteMissing(name, resource, text)
        return nil
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Choice.Type = Choice.self
    ) -> Choice? where Choice.RawValue == String {
        guard let text = parameters[name] else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        findings.note(name, .invalidValue, InvalidValue.notOneOf(Choice.allCases.map(\.rawValue)).message)
        return nil
    }

    func instant(_ name: String) -> Instant? {
        guard let text = parameters[name] else { return nil }
        if let instant = Instant(rfc3339: text) { return instant }
        findings.note(name, .invalidValue, InvalidValue.notATime.message)
        return nil
    }

    /// `limit` and `cursor`, which every list takes.
    func page() -> Page {
        let limit = parameters["limit"].map { Int($0) ?? 0 }
        if let limit, !Page.limitRange.contains(limit) {
            findings.note(
                "limit", .outOfRange,
                "must be an integer from \(Page.limitRange.lowerBound) to \(Page.limitRange.upperBound)")
        }
        let cursor = parameters["cursor"]
        if let cursor, !Self.isCursor(cursor) {
            findings.note("cursor", .invalidValue, "must be the nextCursor of a page before, as it was given")
        }
        return limit.map { Page(limit: $0, after: cursor) } ?? Page(after: cursor)
    }

    static let pageNames = ["limit", "cursor"]

    private static func isCursor(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
