@testable import Verifier

/// A JSON text as a value, so that what two readers make of it can be compared.
indirect enum JSONTree: Equatable, Sendable {
    struct Member: Equatable, Sendable {
        let name: [UInt8]
        let value: JSONTree
    }

    case null
    case bool(Bool)
    case integer(Int64)
    case hugeInteger
    case real
    case string([UInt8])
    case array([JSONTree])
    case object([Member])

    /// What the tokens' reader makes of the text.
    init(reading text: [UInt8], depthMax: Int = 8, membersMax: Int = .max) throws(JSONFault) {
        let padded = text + [UInt8](repeating: 0, count: JSONReader.lookahead)
        var unescaped = [UInt8](repeating: 0xAA, count: padded.count)
        var nodes = [JSONNode](repeating: JSONNode(.null), count: JSONReader.nodesMax(forTextOf: text.count))
        let outcome: Result<JSONTree, JSONFault> = unsafe padded.withUnsafeBufferPointer { padded in
            unsafe unescaped.withUnsafeMutableBufferPointer { unescaped in
                unsafe nodes.withUnsafeMutableBufferPointer { nodes in
                    Result { () throws(JSONFault) in
                        var reader = unsafe JSONReader(
                            text: padded.baseAddress!, count: text.count, unescaped: unescaped.baseAddress!,
                            nodes: nodes, depthMax: depthMax, membersMax: membersMax)
                        try reader.read()
                        let tape = unsafe JSONTape(
                            text: padded.baseAddress!, unescaped: unescaped.baseAddress!, nodes: nodes.baseAddress!)
                        return JSONTree(tape.root)
                    }
                }
            }
        }
        self = try outcome.get()
    }

    private init(_ value: JSONTapeValue) {
        switch value.kind {
        case .null: self = .null
        case .boolFalse: self = .bool(false)
        case .boolTrue: self = .bool(true)
        case .integer: self = .integer(value.int64!)
        case .hugeInteger: self = .hugeInteger
        case .real: self = .real
        case .string, .unescapedString: self = unsafe .string(Array(value.utf8))
        case .array: self = .array(value.elements.map { JSONTree($0) })
        case .object:
            self = .object(
                value.members.map { unsafe Member(name: Array($0.name.utf8), value: JSONTree($0.value)) })
        }
    }

    /// What jansson made of a text.
    init(_ value: JSONValue) {
        switch value.kind {
        case .null: self = .null
        case .bool: self = .bool(value.bool!)
        case .integer: self = .integer(value.int64!)
        case .real: self = .real
        case .string: self = .string(value.withUTF8 { Array(copying: $0)! }!)
        case .array: self = .array(value.elements.map { JSONTree($0) })
        case .object: self = .object(value.members.map { Member(name: Array($0.name.utf8), value: JSONTree($0.value)) })
        }
    }
}
