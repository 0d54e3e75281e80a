/// Reads one JSON text (RFC 8259, to the letter) in one pass, and notes what it holds on a tape.
///
/// It allocates nothing, and no number becomes a floating-point one. Stricter than the RFC where the RFC leaves a choice:
/// names of members are unique in their object (§4), nesting is bounded (§9), escapes make whole characters (§8.2), and
/// none of them is NUL.
@safe struct JSONReader {
    /// Zero bytes that follow every text: the reader looks so far ahead without asking where the text ends. A zero is
    /// no character of JSON, so it stops at the first.
    static let lookahead = 16
    /// In an object with more members than this, two of one name are looked for when all is read.
    static let comparedMembersMax = 64

    let text: UnsafePointer<UInt8>
    let count: Int
    /// Where text is put whose escapes were replaced; as long as the text.
    let unescaped: UnsafeMutablePointer<UInt8>
    let nodes: UnsafeMutableBufferPointer<JSONNode>
    private let depthMax: Int
    private let membersMax: Int

    var position = 0
    private(set) var nodeCount = 0
    private var memberCount = 0
    /// Whether an object has more members than are compared with each other here.
    private var hasUncomparedMembers = false

    /// The values that a text of so many bytes can hold: each but the outermost two takes two bytes at least.
    static func nodesMax(forTextOf byteCount: Int) -> Int { byteCount / 2 + 2 }

    /// - Parameters:
    ///   - text: `count` bytes, and `lookahead` zero bytes after them.
    ///   - depthMax: nested objects and arrays; the outermost counts as one.
    ///   - membersMax: members of all objects together.
    init(
        text: UnsafePointer<UInt8>, count: Int, unescaped: UnsafeMutablePointer<UInt8>,
        nodes: UnsafeMutableBufferPointer<JSONNode>, depthMax: Int, membersMax: Int = .max
    ) {
        unsafe self.text = text
        self.count = count
        unsafe self.unescaped = unescaped
        unsafe self.nodes = nodes
        self.depthMax = depthMax
        self.membersMax = membersMax
    }

    /// Reads the text as one value with nothing but white space around it.
    mutating func read() throws(JSONFault) {
        skipSpace()
        try readValue(depth: 1)
        skipSpace()
        guard position == count else { throw fault(.trailingBytes) }
        if hasUncomparedMembers { try refuseRepeatedNames() }
    }

    private mutating func readValue(depth: Int) throws(JSONFault) {
        switch byte {
        case UInt8(ascii: "\""): _ = try readString()
        case UInt8(ascii: "{"): try readObject(depth: depth)
        case UInt8(ascii: "["): try readArray(depth: depth)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try append(try readNumber())
        case UInt8(ascii: "t"): try readLiteral("true", .boolTrue)
        case UInt8(ascii: "f"): try readLiteral("false", .boolFalse)
        case UInt8(ascii: "n"): try readLiteral("null", .null)
        default: throw unexpected()
        }
    }

    private mutating func readObject(depth: Int) throws(JSONFault) {
        let object = try open(.object, depth: depth)
        var names = SeenNames()
        var count = 0
        if byte != UInt8(ascii: "}") {
            while true {
                guard byte == UInt8(ascii: "\"") else { throw unexpected() }
                let offset = position
                let name = try readString()
                count += 1
                memberCount += 1
                guard memberCount <= membersMax else { throw JSONFault(kind: .tooManyMembers, offset: offset) }
                if count > Self.comparedMembersMax {
                    hasUncomparedMembers = true
                } else if isRepeated(name, in: object, &names) {
                    throw JSONFault(kind: .duplicateMember, offset: offset)
                }
                skipSpace()
                guard byte == UInt8(ascii: ":") else { throw unexpected() }
                skipByteAndSpace()
                try readValue(depth: depth + 1)
                skipSpace()
                guard byte == UInt8(ascii: ",") else { break }
                skipByteAndSpace()
            }
            guard byte == UInt8(ascii: "}") else { throw unexpected() }
        }
        position += 1
        close(object, count: count)
    }

    private mutating func readArray(depth: Int) throws(JSONFault) {
        let array = try open(.array, depth: depth)
        var count = 0
        if byte != UInt8(ascii: "]") {
            while true {
                try readValue(depth: depth + 1)
                count += 1
                skipSpace()
                guard byte == UInt8(ascii: ",") else { break }
                skipByteAndSpace()
            }
            guard byte == UInt8(ascii: "]") else { throw unexpected() }
        }
        position += 1
        close(array, count: count)
    }

    private mutating func readLiteral(_ literal: StaticString, _ kind: JSONNode.Kind) throws(JSONFault) {
        for index in 0..<literal.utf8CodeUnitCount {
            guard unsafe byte == literal.utf8Start[index] else { throw unexpected() }
            position += 1
        }
        try append(JSONNode(kind))
    }

    // MARK: The tape

    /// The bracket and the space after it; the node's count and end are filled in by `close`.
    private mutating func open(_ kind: JSONNode.Kind, depth: Int) throws(JSONFault) -> Int {
        guard depth <= depthMax else { throw fault(.tooDeep) }
        let index = nodeCount
        try append(JSONNode(kind))
        skipByteAndSpace()
        return index
    }

    private func close(_ index: Int, count: Int) {
        unsafe nodes[index].count = count
        unsafe nodes[index].link = UInt32(truncatingIfNeeded: nodeCount)
    }

    mutating func append(_ node: JSONNode) throws(JSONFault) {
        guard unsafe nodeCount < nodes.count else { throw fault(.tapeFull) }
        unsafe nodes[nodeCount] = node
        nodeCount += 1
    }

    /// Whether the object has a member before of the same name as the one that was read last. Escapes are no disguise:
    /// what is compared is the text that they stand for.
    private func isRepeated(_ name: JSONNode, in object: Int, _ seen: inout SeenNames) -> Bool {
        let bytes = unsafe bytes(of: name)
        let hash = unsafe SeenNames.hash(bytes)
        let last = nodeCount - 1
        unsafe nodes[last].link = hash
        guard seen.mayHold(afterInserting: hash) else { return false }
        var index = object + 1
        while index < last {
            let other = unsafe nodes[index]
            if unsafe other.link == hash && self.bytes(of: other).span.equals(bytes.span) { return true }
            index = unsafe nodes[index + 1].endIndex(at: index + 1)
        }
        return false
    }

    private func bytes(of text: JSONNode) -> UnsafeBufferPointer<UInt8> {
        let base = unsafe text.kind == .string ? self.text : UnsafePointer(unescaped)
        return unsafe UnsafeBufferPointer(start: base + text.start, count: text.count)
    }

    // MARK: Characters

    /// The byte that comes next; zero at the end.
    var byte: UInt8 { unsafe text[position] }

    private mutating func skipByteAndSpace() {
        position += 1
        skipSpace()
    }

    private mutating func skipSpace() {
        while byte <= 0x20 {
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position += 1
        }
    }

    func fault(_ kind: JSONFault.Kind) -> JSONFault { JSONFault(kind: kind, offset: position) }

    /// For a byte that cannot stand where it does, or for the end.
    func unexpected() -> JSONFault { fault(position < count ? .syntax : .prematureEnd) }
}

extension JSONNode {
    /// The index of the entry after this value and all that is in it, if this one's is `index`.
    func endIndex(at index: Int) -> Int {
        switch kind {
        case .object, .array: Int(link)
        case .null, .boolFalse, .boolTrue, .integer, .hugeInteger, .real, .string, .unescapedString: index + 1
        }
    }
}

/// Which names an object may have had before: a filter of 64 bits, so that most names need comparing with no other.
private struct SeenNames {
    private var bits: UInt64 = 0

    /// Whether a name of that hash may have been inserted before; inserts it.
    mutating func mayHold(afterInserting hash: UInt32) -> Bool {
        let bit: UInt64 = 1 << UInt64(hash >> 26)
        let held = bits & bit != 0
        bits |= bit
        return held
    }

    /// It need not withstand an attacker: no more than `comparedMembersMax` names are ever compared.
    static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var hash = UInt64(truncatingIfNeeded: bytes.count)
        for index in bytes.indices { hash = unsafe (hash ^ UInt64(bytes[index])) &* 0x9E37_79B9_7F4A_7C15 }
        return UInt32(truncatingIfNeeded: hash >> 32)
    }
}
