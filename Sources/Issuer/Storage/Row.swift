internal import Foundation

/// One row of an answer; columns by position.
public struct Row: Sendable {
    private let values: [SQLValue]

    public init(_ values: [SQLValue]) {
        self.values = values
    }

    private func value(_ column: Int) throws(StorageError) -> SQLValue {
        guard values.indices.contains(column) else { throw .corrupt("no column \(column)") }
        return values[column]
    }

    func integer(_ column: Int) throws(StorageError) -> Int64 {
        guard let integer = try optionalInteger(column) else { throw .corrupt("column \(column) is null") }
        return integer
    }

    func optionalInteger(_ column: Int) throws(StorageError) -> Int64? {
        switch try value(column) {
        case .integer(let integer): return integer
        case .null: return nil
        case .text, .blob: throw .corrupt("column \(column) is not an integer")
        }
    }

    func text(_ column: Int) throws(StorageError) -> String {
        guard let text = try optionalText(column) else { throw .corrupt("column \(column) is null") }
        return text
    }

    func optionalText(_ column: Int) throws(StorageError) -> String? {
        switch try value(column) {
        case .text(let text): return text
        case .null: return nil
        case .integer, .blob: throw .corrupt("column \(column) is not text")
        }
    }

    func blob(_ column: Int) throws(StorageError) -> [UInt8] {
        guard let bytes = try optionalBlob(column) else { throw .corrupt("column \(column) is null") }
        return bytes
    }

    func optionalBlob(_ column: Int) throws(StorageError) -> [UInt8]? {
        switch try value(column) {
        case .blob(let bytes): return bytes
        case .null: return nil
        case .text, .integer: throw .corrupt("column \(column) is not a blob")
        }
    }

    func instant(_ column: Int) throws(StorageError) -> Instant {
        Instant(milliseconds: try integer(column))
    }

    func optionalInstant(_ column: Int) throws(StorageError) -> Instant? {
        try optionalInteger(column).map(Instant.init(milliseconds:))
    }

    func id<Kind>(_ column: Int, of kind: ID<Kind>.Type = ID<Kind>.self) throws(StorageError) -> ID<Kind> {
        guard let id = try optionalID(column, of: kind) else { throw .corrupt("column \(column) is null") }
        return id
    }

    func optionalID<Kind>(_ column: Int, of kind: ID<Kind>.Type = ID<Kind>.self) throws(StorageError) -> ID<Kind>? {
        guard let text = try optionalText(column) else { return nil }
        guard let id = ID<Kind>(text) else { throw .corrupt("column \(column) is not a \(Kind.prefix)_ identifier") }
        return id
    }

    func choice<Choice: RawRepresentable<String>>(
        _ column: Int, of kind: Choice.Type = Choice.self
    ) throws(StorageError) -> Choice {
        guard let choice = Choice(rawValue: try text(column)) else {
            throw .corrupt("column \(column) is not a \(kind)")
        }
        return choice
    }

    func checked<Text: CheckedText>(_ column: Int, as kind: Text.Type = Text.self) throws(StorageError) -> Text {
        guard let text = try optionalChecked(column, as: kind) else { throw .corrupt("column \(column) is null") }
        return text
    }

    func optionalChecked<Text: CheckedText>(
        _ column: Int, as kind: Text.Type = Text.self
    ) throws(StorageError) -> Text? {
        guard let text = try optionalText(column) else { return nil }
        do {
            return try Text(text)
        } catch {
            throw .corrupt("column \(column): \(error.message)")
        }
    }

    func money(_ amount: Int, _ currency: Int) throws(StorageError) -> Money {
        let (minorUnits, currency) = (try integer(amount), try checked(currency, as: CurrencyCode.self))
        do {
            return try Money(minorUnits: minorUnits, currency: currency)
        } catch {
            throw .corrupt("column \(amount): \(error.message)")
        }
    }

    func json<Value: Decodable>(_ column: Int, as kind: Value.Type = Value.self) throws(StorageError) -> Value {
        guard let value = try optionalJSON(column, as: kind) else { throw .corrupt("column \(column) is null") }
        return value
    }

    /// A list; most are empty, and those need no decoder.
    func json<Element: Decodable>(
        _ column: Int, as kind: [Element].Type = [Element].self
    ) throws(StorageError) -> [Element] {
        let text = try text(column)
        return text == "[]" ? [] : try decoded(text, column)
    }

    /// The same of labels.
    func metadata(_ column: Int) throws(StorageError) -> Metadata {
        let text = try text(column)
        return text == "{}" ? Metadata() : try decoded(text, column)
    }

    func optionalJSON<Value: Decodable>(
        _ column: Int, as kind: Value.Type = Value.self
    ) throws(StorageError) -> Value? {
        guard let text = try optionalText(column) else { return nil }
        return try decoded(text, column)
    }

    private func decoded<Value: Decodable>(_ text: String, _ column: Int) throws(StorageError) -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Foundation.Data(text.utf8))
        } catch {
            throw .corrupt("column \(column) is not a \(Value.self): \(error)")
        }
    }
}

extension SQLValue {
    init(_ instant: Instant) {
        self = .integer(instant.milliseconds)
    }

    init(_ instant: Instant?) {
        self = instant.map { .integer($0.milliseconds) } ?? .null
    }

    init<Kind>(_ id: ID<Kind>) {
        self = .text(id.text)
    }

    init<Kind>(_ id: ID<Kind>?) {
        self = id.map { .text($0.text) } ?? .null
    }

    init(_ text: String?) {
        self = text.map(SQLValue.text) ?? .null
    }

    init(_ integer: Int64?) {
        self = integer.map(SQLValue.integer) ?? .null
    }

    init(_ flag: Bool) {
        self = .integer(flag ? 1 : 0)
    }

    /// What Swift encodes it to, members in a fixed order.
    init<Value: Encodable>(json value: Value) throws(StorageError) {
        self = .text(try JSONText.encode(value))
    }

    init<Value: Encodable>(json value: Value?) throws(StorageError) {
        self = try value.map { (value) throws(StorageError) in .text(try JSONText.encode(value)) } ?? .null
    }
}

extension SQLValue {
    /// A list; most are empty, and those need no encoder.
    init<Element: Encodable>(json list: [Element]) throws(StorageError) {
        self = .text(list.isEmpty ? "[]" : try JSONText.encode(list))
    }
}

/// Our own values as JSON text and back. Only for what this program wrote itself: requests are read by a stricter reader.
enum JSONText {
    static func encode(_ value: some Encodable) throws(StorageError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            throw .corrupt("\(type(of: value)) cannot be written as JSON: \(error)")
        }
    }
}
