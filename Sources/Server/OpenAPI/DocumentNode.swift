import Issuer
import NIOCore
import Verifier

/// A JSON value that can be changed and whose members stay in their order: what the OpenAPI document is put together of.
enum DocumentNode: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case string(String)
    case array([DocumentNode])
    case object(Members)

    /// The members of an object, each name once, in the order in which they were first set.
    struct Members: Sendable, Equatable {
        private(set) var pairs: [Pair] = []

        struct Pair: Sendable, Equatable {
            let name: String
            var value: DocumentNode
        }

        /// Setting nil takes a member away.
        subscript(_ name: String) -> DocumentNode? {
            get { pairs.first { $0.name == name }?.value }
            set {
                let index = pairs.firstIndex { $0.name == name }
                switch (index, newValue) {
                case (let index?, let value?): pairs[index].value = value
                case (let index?, nil): pairs.remove(at: index)
                case (nil, let value?): pairs.append(Pair(name: name, value: value))
                case (nil, nil): break
                }
            }
        }

        mutating func sort(by areInOrder: (Pair, Pair) -> Bool) {
            pairs.sort(by: areInOrder)
        }
    }

    /// An object without members.
    static let empty = DocumentNode.object(Members())

    /// Of an object; nil for a member that is absent, and where this is no object. Setting one makes an object of it.
    subscript(_ name: String) -> DocumentNode? {
        get { if case .object(let members) = self { members[name] } else { nil } }
        set {
            var members = if case .object(let members) = self { members } else { Members() }
            members[name] = newValue
            self = .object(members)
        }
    }

    /// The members in their order; none where this is no object.
    var members: [Members.Pair] {
        if case .object(let members) = self { members.pairs } else { [] }
    }

    /// The elements; none where this is no array.
    var elements: [DocumentNode] {
        if case .array(let elements) = self { elements } else { [] }
    }

    var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// Every value of the tree as `change` makes it, the innermost first.
    func mapped(_ change: (DocumentNode) -> DocumentNode) -> DocumentNode {
        switch self {
        case .null, .bool, .integer, .string: return change(self)
        case .array(let elements): return change(.array(elements.map { $0.mapped(change) }))
        case .object(let members):
            var mapped = Members()
            for pair in members.pairs { mapped[pair.name] = pair.value.mapped(change) }
            return change(.object(mapped))
        }
    }
}

extension DocumentNode: ExpressibleByStringLiteral, ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral {
    init(stringLiteral value: String) { self = .string(value) }

    init(arrayLiteral elements: DocumentNode...) { self = .array(elements) }

    init(dictionaryLiteral elements: (String, DocumentNode)...) {
        var members = Members()
        for (name, value) in elements { members[name] = value }
        self = .object(members)
    }
}

extension DocumentNode {
    /// Objects and arrays within each other.
    private static let depthMax = 64

    /// Reads what is part of the program: a text that is no JSON is a bug, found at the first start.
    init(known text: [UInt8]) {
        do {
            self.init(try JSONDocument.parse(text, maxDepth: Self.depthMax).root)
        } catch {
            preconditionFailure("a part of the OpenAPI document is no JSON: \(error)")
        }
    }

    private init(_ value: JSONValue) {
        switch value.kind {
        case .null, .real: self = .null
        case .bool: self = .bool(value.bool ?? false)
        case .integer: self = .integer(value.int64 ?? 0)
        case .string: self = .string(value.string ?? "")
        case .array: self = .array(value.elements.map(Self.init))
        case .object:
            var members = Members()
            for (name, member) in value.members { members[name] = Self(member) }
            self = .object(members)
        }
    }

    /// As JSON; indented where people are to read it.
    func json(indented: Bool = false) -> String {
        var text = ""
        write(to: &text, indent: indented ? 0 : nil)
        return text
    }

    private func write(to text: inout String, indent: Int?) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .string(let value): text += JSONWriter.text { $0.text(value) }
        case .array(let elements):
            Self.list(elements, "[", "]", &text, indent) { element, text, indent in
                element.write(to: &text, indent: indent)
            }
        case .object(let members):
            Self.list(members.pairs, "{", "}", &text, indent) { pair, text, indent in
                text += JSONWriter.text { $0.text(pair.name) } + (indent == nil ? ":" : ": ")
                pair.value.write(to: &text, indent: indent)
            }
        }
    }

    private static func list<Element>(
        _ items: [Element], _ open: String, _ close: String, _ text: inout String, _ indent: Int?,
        _ write: (Element, inout String, Int?) -> Void
    ) {
        text += open
        let inner = indent.map { $0 + 2 }
        for (index, item) in items.enumerated() {
            if index > 0 { text += "," }
            if let inner { text += "\n" + String(repeating: " ", count: inner) }
            write(item, &text, inner)
        }
        if let indent, !items.isEmpty { text += "\n" + String(repeating: " ", count: indent) }
        text += close
    }
}
