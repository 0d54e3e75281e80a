/// What a JSON text holds, in the order of the text, as `JSONReader` noted it.
///
/// It points into memory that it does not own: that of a `TokenMemory`, and only for as long as that holds the text.
@safe struct JSONTape: @unchecked Sendable {
    // Sendable: nothing is written through it, and the memory's owner writes only while it holds no tape.
    fileprivate let text: UnsafePointer<UInt8>
    fileprivate let unescaped: UnsafePointer<UInt8>
    fileprivate let nodes: UnsafePointer<JSONNode>

    init(text: UnsafePointer<UInt8>, unescaped: UnsafePointer<UInt8>, nodes: UnsafePointer<JSONNode>) {
        unsafe self.text = text
        unsafe self.unescaped = unescaped
        unsafe self.nodes = nodes
    }

    var root: JSONTapeValue { JSONTapeValue(tape: self, index: 0) }
}

/// One value on a tape. As long-lived as the tape's memory.
package struct JSONTapeValue: Sendable {
    let tape: JSONTape
    let index: Int

    init(tape: JSONTape, index: Int) {
        self.tape = tape
        self.index = index
    }

    private var node: JSONNode { unsafe tape.nodes[index] }

    var kind: JSONNode.Kind { node.kind }

    /// The integer, or nil if this is anything else: a real is never converted.
    package var int64: Int64? { kind == .integer ? node.integer : nil }

    /// Whether this is text.
    package var isString: Bool { kind == .string || kind == .unescapedString }

    /// The bytes of the text, or none if this is no text. As long-lived as the tape's memory.
    @unsafe package var utf8: UnsafeBufferPointer<UInt8> {
        guard isString else { return unsafe UnsafeBufferPointer(start: nil, count: 0) }
        let base = unsafe kind == .string ? tape.text : tape.unescaped
        return unsafe UnsafeBufferPointer(start: base + node.start, count: node.count)
    }

    /// Whether this is text of these bytes.
    func isString(_ bytes: Span<UInt8>) -> Bool {
        unsafe isString && utf8.span.equals(bytes)
    }

    /// Whether this is text of these characters.
    func isString(_ literal: StaticString) -> Bool {
        unsafe isString && utf8.span.equals(literal)
    }

    /// A copy of the text, or nil if this is none.
    var string: String? {
        isString ? unsafe String(decoding: utf8, as: UTF8.self) : nil
    }

    // MARK: What is in it

    /// The members or elements of an object or array; 0 of anything else.
    var count: Int {
        switch kind {
        case .object, .array: node.count
        case .null, .boolFalse, .boolTrue, .integer, .hugeInteger, .real, .string, .unescapedString: 0
        }
    }

    /// The member of that name, or nil if there is none or this is no object.
    subscript(name: StaticString) -> JSONTapeValue? {
        name.withUTF8Buffer { unsafe self[utf8: $0.span] }
    }

    /// The member of that name, or nil if there is none or this is no object.
    package subscript(utf8 name: Span<UInt8>) -> JSONTapeValue? {
        for member in members where member.name.isString(name) { return member.value }
        return nil
    }

    /// The members in the order of the text; none if this is no object.
    var members: Members { Members(here: index + 1, remaining: kind == .object ? count : 0, tape: tape) }

    struct Members: Sequence, IteratorProtocol {
        fileprivate var here: Int
        fileprivate var remaining: Int
        fileprivate let tape: JSONTape

        mutating func next() -> (name: JSONTapeValue, value: JSONTapeValue)? {
            guard remaining > 0 else { return nil }
            let member = (
                name: JSONTapeValue(tape: tape, index: here), value: JSONTapeValue(tape: tape, index: here + 1)
            )
            here = member.value.endIndex
            remaining -= 1
            return member
        }
    }

    /// The elements in the order of the text; none if this is no array.
    var elements: Elements { Elements(here: index + 1, remaining: kind == .array ? count : 0, tape: tape) }

    struct Elements: Sequence, IteratorProtocol {
        fileprivate var here: Int
        fileprivate var remaining: Int
        fileprivate let tape: JSONTape

        mutating func next() -> JSONTapeValue? {
            guard remaining > 0 else { return nil }
            let element = JSONTapeValue(tape: tape, index: here)
            here = element.endIndex
            remaining -= 1
            return element
        }
    }

    /// The index of the entry after this value and all that is in it.
    var endIndex: Int { node.endIndex(at: index) }

    /// The offset in the document at which the text begins, after its quote; of text alone.
    var textOffset: Int { node.start }
}
