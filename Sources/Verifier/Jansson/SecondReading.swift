import POSIX

/// A text as the tokens' own reader has it: what jansson made of it is held against this.
///
/// jansson does not survive want of memory. Where another thread takes the last of it while jansson reads, characters are
/// missing from a string, silently (2.14, lex_save), or a text is refused for errors that are not in it. This reader
/// allocates one block, before it begins.
@safe struct SecondReading: ~Copyable {
    private let block: UnsafeMutableRawPointer
    /// What the text holds, or nil if it is no JSON of that depth. As long-lived as this.
    let root: JSONTapeValue?

    /// Throws `noMemory`.
    init(of text: Span<UInt8>, depthMax: Int) throws(VerifyError) {
        let nodeCount = JSONReader.nodesMax(forTextOf: text.count)
        let paddedCount = text.count + JSONReader.lookahead
        let nodesSize = nodeCount * MemoryLayout<JSONNode>.stride
        guard let block = unsafe malloc(nodesSize + 2 * paddedCount) else { throw VerifyError(.noMemory) }
        unsafe self.block = block
        let nodes = unsafe block.bindMemory(to: JSONNode.self, capacity: nodeCount)
        let copy = unsafe (block + nodesSize).bindMemory(to: UInt8.self, capacity: paddedCount)
        let unescaped = unsafe (block + nodesSize + paddedCount).bindMemory(to: UInt8.self, capacity: paddedCount)
        for index in text.indices { unsafe copy[index] = text[index] }
        unsafe (copy + text.count).update(repeating: 0, count: JSONReader.lookahead)

        var reader = unsafe JSONReader(
            text: copy, count: text.count, unescaped: unescaped,
            nodes: UnsafeMutableBufferPointer(start: nodes, count: nodeCount), depthMax: depthMax)
        let tape = unsafe JSONTape(text: copy, unescaped: unescaped, nodes: nodes)
        do throws(JSONFault) {
            try reader.read()
            root = tape.root
        } catch {
            root = nil
        }
    }

    deinit {
        unsafe free(block)
    }

    /// Whether by this reading there is nothing wrong with the text, and it is an object or array.
    var isAcceptable: Bool { root?.kind == .object || root?.kind == .array }

    /// Whether a tree that jansson made of the text is whole.
    func agrees(with tree: JSONValue) -> Bool {
        guard let root else { return false }
        return Self.isSame(root, tree)
    }

    private static func isSame(_ value: JSONTapeValue, _ node: JSONValue) -> Bool {
        switch value.kind {
        case .null: node.kind == .null
        case .boolTrue: node.bool == true
        case .boolFalse: node.bool == false
        case .integer: value.int64 == node.int64
        // Of a real, nothing here reads more than that it is one; of a huge integer, jansson makes no tree.
        case .real: node.kind == .real
        case .hugeInteger: false
        case .string, .unescapedString: node.withUTF8 { value.isString($0) } ?? false
        case .array: isSameArray(value, node)
        case .object: isSameObject(value, node)
        }
    }

    private static func isSameArray(_ array: JSONTapeValue, _ node: JSONValue) -> Bool {
        guard node.kind == .array, node.elements.count == array.count else { return false }
        var others = node.elements.makeIterator()
        for element in array.elements {
            guard let other = others.next(), isSame(element, other) else { return false }
        }
        return true
    }

    private static func isSameObject(_ object: JSONTapeValue, _ node: JSONValue) -> Bool {
        guard node.kind == .object else { return false }
        for (name, value) in object.members {
            guard let other = unsafe node[utf8: name.utf8.span], isSame(value, other) else { return false }
        }
        return true
    }
}
