import Testing

@testable import Verifier

@Suite struct `JSON documents` {
    struct Refusal: Sendable, CustomTestStringConvertible {
        let text: [UInt8]
        let kind: JSONError.Kind
        var testDescription: String { "\(String(decoding: text, as: UTF8.self)) is \(kind)" }

        init(_ text: String, _ kind: JSONError.Kind) {
            self.init(bytes: Array(text.utf8), kind)
        }
        init(bytes: [UInt8], _ kind: JSONError.Kind) {
            self.text = bytes
            self.kind = kind
        }
    }

    @Test(
        "what is not strict JSON is refused, and the error says how",
        arguments: [
            Refusal("", .prematureEnd),
            Refusal("{", .prematureEnd),
            Refusal(#"{"a":"#, .prematureEnd),
            Refusal("1", .syntax),
            Refusal(#""text""#, .syntax),
            Refusal("null", .syntax),
            Refusal("{'a':1}", .syntax),
            Refusal(#"{"a":1,}"#, .syntax),
            Refusal(#"{"a":01}"#, .syntax),
            Refusal(#"{"a":+1}"#, .syntax),
            Refusal(#"{"a":NaN}"#, .syntax),
            Refusal("{} {}", .trailingBytes),
            Refusal("{}x", .trailingBytes),
            Refusal("{}\0", .nulCharacter),
            Refusal(#"{"a":1,"a":1}"#, .duplicateMember),
            Refusal(#"{"a":1,"\u0061":1}"#, .duplicateMember),
            Refusal(#"{"x":{"a":1,"a":1}}"#, .duplicateMember),
            Refusal(#"{"a":"\u0000"}"#, .nulCharacter),
            Refusal(#"{"\u0000":1}"#, .nulCharacter),
            Refusal("[1\0]", .nulCharacter),
            Refusal("{\"a\":1e5\0}", .nulCharacter),
            Refusal("\0{}", .nulCharacter),
            Refusal(#"{"a":"\ud800"}"#, .syntax),
            Refusal(bytes: Array(#"{"a":""#.utf8) + [0xFF] + Array(#""}"#.utf8), .invalidUTF8),
            Refusal(bytes: [0xEF, 0xBB, 0xBF] + Array("{}".utf8), .syntax),
            Refusal(#"{"a":9223372036854775808}"#, .numberOutOfRange),
            Refusal(#"{"a":-9223372036854775809}"#, .numberOutOfRange),
            Refusal(#"{"a":1e400}"#, .numberOutOfRange),
        ])
    func refusals(_ row: Refusal) throws {
        let failure = #expect(throws: JSONError.self) { try JSONDocument.parse(row.text, maxDepth: 8) }
        #expect(failure?.kind == row.kind)
        #expect(failure?.text.isEmpty == false)
    }

    @Test("depth is allowed up to the limit and refused beyond it", arguments: [1, 2, 8])
    func depth(limit: Int) throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        _ = try JSONDocument.parse(nested(limit), maxDepth: limit)
        let failure = #expect(throws: JSONError.self) { try JSONDocument.parse(nested(limit + 1), maxDepth: limit) }
        #expect(failure?.kind == .tooDeep)
        #expect(failure?.position == limit)
    }

    @Test func `brackets in strings are no depth`() throws {
        _ = try JSONDocument.parse(Array(#"{"a":"[[[[\"[[[[","b":"\\"}"#.utf8), maxDepth: 1)
    }

    @Test func `a hundred thousand brackets are refused without recursion`() {
        let failure = #expect(throws: JSONError.self) {
            try JSONDocument.parse([UInt8](repeating: UInt8(ascii: "["), count: 100_000), maxDepth: 8)
        }
        #expect(failure?.kind == .tooDeep)
    }

    @Test func `each value has its kind, and converts to nothing else`() throws {
        let text =
            #"{"n":null,"t":true,"f":false,"i":-9223372036854775808,"r":1.0,"e":1e9,"s":"ü","o":{},"a":[1,"two"]}"#
        let root = try JSONDocument.parse(Array(text.utf8), maxDepth: 8).root
        #expect(root.kind == .object)
        #expect(root["n"]?.kind == .null)
        #expect(root["t"]?.bool == true)
        #expect(root["f"]?.bool == false)
        #expect(root["i"]?.int64 == .min)
        #expect(root["r"]?.kind == .real)
        #expect(root["r"]?.int64 == nil)
        #expect(root["e"]?.kind == .real)
        #expect(root["s"]?.string == "ü")
        #expect(root["s"]?.int64 == nil)
        #expect(root["o"]?.kind == .object)
        #expect(root["absent"] == nil)
        #expect(root["a"]?.elements.count == 2)
        #expect(root["a"]?.elements.map(\.kind) == [.integer, .string])
        #expect(root.members.map(\.name) == ["n", "t", "f", "i", "r", "e", "s", "o", "a"])
        #expect(root[utf8: Array("s".utf8).span]?.string == "ü")
        #expect(root["a"]?["s"] == nil)
    }

    @Test func `an empty name is a name`() throws {
        let root = try JSONDocument.parse(Array(#"{"":1}"#.utf8), maxDepth: 8).root
        #expect(root[utf8: [UInt8]().span]?.int64 == 1)
        #expect(root[""]?.int64 == 1)
    }

    @Test func `a value outlives the variable that held its document`() throws {
        var value: JSONValue? = try JSONDocument.parse(Array(#"{"a":{"b":"kept"}}"#.utf8), maxDepth: 8).root["a"]
        let inner = value?["b"]
        value = nil
        #expect(inner?.string == "kept")
    }
}
