import Testing

@testable import Verifier

@Suite("The strict reader of tokens")
struct JSONReaderTests {
    @Test(
        "a text of RFC 8259 is read as what it says",
        arguments: [
            ("{}", .object([])), ("[]", .array([])), (" \t\r\n{ } ", .object([])),
            ("null", .null), ("true", .bool(true)), ("false", .bool(false)),
            ("0", .integer(0)), ("-0", .integer(0)), ("42", .integer(42)), ("-7", .integer(-7)),
            ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("9223372036854775808", .hugeInteger), ("-9223372036854775809", .hugeInteger),
            ("18446744073709551616", .hugeInteger), ("99999999999999999999999999", .hugeInteger),
            ("1.0", .real), ("1e9", .real), ("1E+9", .real), ("-0.5e-3", .real), ("0e0", .real),
            ("1e400", .real), ("1e-400", .real), ("99999999999999999999999999.5", .real),
            (#""""#, .string([])), (#""a""#, string("a")), (#""a b""#, string("a b")),
            (#""\"\\\/\b\f\n\r\t""#, string("\"\\/\u{8}\u{C}\n\r\t")),
            (#""\u0041\u00e9\u20AC""#, string("Aé€")), (#""\ud83d\ude00!""#, string("😀!")),
            (#""é€😀""#, string("é€😀")), (#""\u007f\u0001""#, string("\u{7F}\u{1}")),
            (#""\udbff\udfff""#, string("\u{10FFFF}")), (#""\ud7ff\ue000""#, string("\u{D7FF}\u{E000}")),
            ("[1,[2,[]],{}]", .array([.integer(1), .array([.integer(2), .array([])]), .object([])])),
            (#"{"a":{"b":[null]},"c":""}"#, object(("a", object(("b", .array([.null])))), ("c", .string([])))),
            (#"{"":1," ":2}"#, object(("", .integer(1)), (" ", .integer(2)))),
            (#"{"\u0061b":1,"a":2}"#, object(("ab", .integer(1)), ("a", .integer(2)))),
        ] as [(String, JSONTree)])
    func reads(_ text: String, _ tree: JSONTree) throws {
        #expect(try JSONTree(reading: Array(text.utf8)) == tree)
    }

    @Test(
        "what breaks the grammar is refused, with the place",
        arguments: [
            ("", .prematureEnd, 0), (" ", .prematureEnd, 1), ("{", .prematureEnd, 1), ("[1", .prematureEnd, 2),
            (#"{"a""#, .prematureEnd, 4), (#"{"a":"#, .prematureEnd, 5), (#""a"#, .prematureEnd, 2),
            (#""a\"#, .prematureEnd, 3), (#""\u12"#, .prematureEnd, 5), ("tru", .prematureEnd, 3),
            ("-", .prematureEnd, 1),
            ("1.", .prematureEnd, 2), ("1e", .prematureEnd, 2), ("1e+", .prematureEnd, 3),
            ("nul!", .syntax, 3), ("True", .syntax, 0), ("'a'", .syntax, 0), ("{a:1}", .syntax, 1),
            ("[1,]", .syntax, 3), (#"{"a":1,}"#, .syntax, 7), ("[,1]", .syntax, 1), ("[1 2]", .syntax, 3),
            (#"{"a" 1}"#, .syntax, 5), (#"{"a":1 "b":2}"#, .syntax, 7), ("{1:2}", .syntax, 1), ("[1}", .syntax, 2),
            (#"{"a":1]"#, .syntax, 6), ("+1", .syntax, 0), (".5", .syntax, 0), ("1.e1", .syntax, 2), ("-a", .syntax, 1),
            ("[01]", .syntax, 2), ("[-01]", .syntax, 3), ("[0x1]", .syntax, 2), ("[1.5.2]", .syntax, 4),
            ("[NaN]", .syntax, 1), ("[-Infinity]", .syntax, 2), ("[1e5e]", .syntax, 4), ("[1/**/]", .syntax, 2),
            ("\"a\nb\"", .syntax, 2), ("\"\u{1F}\"", .syntax, 1), (#""\x""#, .syntax, 2), (#""\u00g0""#, .syntax, 5),
            (#""\U0041""#, .syntax, 2), ("\u{FEFF}{}", .syntax, 0), ("[1]\u{B}", .trailingBytes, 3),
            ("{}{}", .trailingBytes, 2), ("{} x", .trailingBytes, 3), ("1 1", .trailingBytes, 2),
            ("{}\0", .trailingBytes, 2),
            ("\0", .syntax, 0), ("\"a\0\"", .syntax, 2),
        ] as [(String, JSONFault.Kind, Int)])
    func refuses(_ text: String, _ kind: JSONFault.Kind, at offset: Int) {
        expect(Array(text.utf8), isRefusedFor: kind, at: offset)
    }

    @Test(
        "text that is no text is refused",
        arguments: [
            ([0x80], .invalidText, 1), ([0xC0, 0x80], .invalidText, 1), ([0xC1, 0xBF], .invalidText, 1),
            ([0xC3], .invalidText, 1), ([0xE0, 0x80, 0x80], .invalidText, 1), ([0xE2, 0x82], .invalidText, 1),
            ([0xED, 0xA0, 0x80], .invalidText, 1), ([0xED, 0xBF, 0xBF], .invalidText, 1),
            ([0xF0, 0x80, 0x80, 0x80], .invalidText, 1), ([0xF4, 0x90, 0x80, 0x80], .invalidText, 1),
            ([0xF5, 0x80, 0x80, 0x80], .invalidText, 1), ([0xF0, 0x9F, 0x98], .invalidText, 1),
            ([0xFE], .invalidText, 1), ([0xFF], .invalidText, 1), ([0x61, 0xC3, 0x28], .invalidText, 2),
            (Array(#"\u0000"#.utf8), .nulCharacter, 7), (Array(#"\ud800"#.utf8), .invalidText, 7),
            (Array(#"\udc00"#.utf8), .invalidText, 7), (Array(#"\ud800a"#.utf8), .invalidText, 7),
            (Array(#"\ud800\n"#.utf8), .invalidText, 7), (Array(#"\ud800\ud800"#.utf8), .invalidText, 13),
            (Array(#"\udbff\u0041"#.utf8), .invalidText, 13),
        ] as [([UInt8], JSONFault.Kind, Int)])
    func refusesText(_ bytes: [UInt8], _ kind: JSONFault.Kind, at offset: Int) {
        expect([0x22] + bytes + [0x22], isRefusedFor: kind, at: offset)
        // After an escape another piece of code reads on.
        expect([0x22, 0x5C, 0x6E] + bytes + [0x22], isRefusedFor: kind, at: offset + 2)
    }

    @Test(
        "two members of one name are refused at any depth, however they are spelled",
        arguments: [
            (#"{"a":1,"a":1}"#, 7), (#"{"a":1,"b":2,"a":3}"#, 13), (#"{"x":{"a":1,"a":2}}"#, 12),
            (#"[{"a":[],"a":[]}]"#, 9), (#"{"a":1,"\u0061":2}"#, 7), (#"{"\u0061":1,"a":2}"#, 12),
            (#"{"\n":1,"\u000a":2}"#, 8), (#"{"":1,"":2}"#, 6), (#"{"é":1,"\u00e9":2}"#, 8),
            (#"{"a":{"b":[{"c":1}]},"a":2}"#, 21),
        ])
    func duplicates(_ text: String, at offset: Int) {
        expect(Array(text.utf8), isRefusedFor: .duplicateMember, at: offset)
    }

    @Test("names that differ in one byte are two names, whatever their hashes", arguments: [UInt64(1), 2, 3])
    func distinctNames(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var names = Set<String>()
        while names.count < JSONReader.comparedMembersMax {
            names.insert(
                String(
                    (0..<Int.random(in: 0...20, using: &generator)).map { _ in "ab".randomElement(using: &generator)! })
            )
        }
        let members = names.map { "\"\($0)\":0" }
        #expect(throws: Never.self) { try JSONTree(reading: Array("{\(members.joined(separator: ","))}".utf8)) }
        for name in names {
            let twice = members.filter { $0 != "\"\(name)\":0" } + ["\"\(name)\":1"]
            #expect(throws: Never.self) { try JSONTree(reading: Array("{\(twice.joined(separator: ","))}".utf8)) }
            let text = "{\"\(name)\":1,\(members.dropLast().joined(separator: ","))}"
            guard members.last != "\"\(name)\":0" else { continue }
            #expect(throws: JSONFault.self) { try JSONTree(reading: Array(text.utf8)) }
        }
    }

    @Test("nesting is bounded: objects and arrays alike, the outermost counts")
    func depth() throws {
        func nested(_ depth: Int, _ open: String, _ close: String) -> [UInt8] {
            Array((String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)).utf8)
        }
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            #expect(throws: Never.self) { try JSONTree(reading: nested(8, open, close)) }
            expect(nested(9, open, close), isRefusedFor: .tooDeep, at: 8 * open.utf8.count)
            expect(nested(5000, open, close), isRefusedFor: .tooDeep, at: 8 * open.utf8.count)
        }
    }

    @Test("members are bounded where the caller says so, of all objects together")
    func members() throws {
        func object(_ count: Int) -> String {
            "{" + (0..<count).map { "\"m\($0)\":0" }.joined(separator: ",") + "}"
        }
        let two = "[\(object(3)),\(object(3))]"
        #expect(throws: Never.self) { try JSONTree(reading: Array(two.utf8), membersMax: 6) }
        #expect(throws: JSONFault.self) { try JSONTree(reading: Array(two.utf8), membersMax: 5) }
        #expect(throws: Never.self) { try JSONTree(reading: Array(object(5000).utf8)) }
    }

    @Test("the tape has room for every text: no text of so many bytes holds more values")
    func tapeHasRoom() throws {
        for count in 0..<200 {
            let flat = "[" + Array(repeating: "1", count: count).joined(separator: ",") + "]"
            #expect(throws: Never.self) { try JSONTree(reading: Array(flat.utf8)) }
            let empty = "[" + Array(repeating: "[]", count: count).joined(separator: ",") + "]"
            #expect(throws: Never.self) { try JSONTree(reading: Array(empty.utf8)) }
        }
        for depth in 1...8 {
            let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            #expect(throws: Never.self) { try JSONTree(reading: Array(text.utf8)) }
            // Unclosed, it holds as many values in half the bytes.
            #expect(throws: JSONFault.self) { try JSONTree(reading: Array(text.utf8.prefix(depth))) }
        }
    }

    @Test("plain text ends where it ends, at every alignment")
    func alignments() throws {
        for before in 0..<20 {
            for after in 0..<20 {
                for special in ["\\n", "é", "\\u20ac", ""] {
                    let text = String(repeating: "x", count: before) + special + String(repeating: "y", count: after)
                    let expected =
                        String(repeating: "x", count: before)
                        + special.replacing("\\n", with: "\n").replacing("\\u20ac", with: "€")
                        + String(repeating: "y", count: after)
                    #expect(try JSONTree(reading: Array("\"\(text)\"".utf8)) == string(expected))
                    expect(Array("\"\(text)\u{1}\"".utf8), isRefusedFor: .syntax, at: 1 + text.utf8.count)
                }
            }
        }
    }

    private func expect(
        _ text: [UInt8], isRefusedFor kind: JSONFault.Kind, at offset: Int,
        _ location: SourceLocation = #_sourceLocation
    ) {
        do throws(JSONFault) {
            let tree = try JSONTree(reading: text)
            Issue.record("read as \(tree)", sourceLocation: location)
        } catch {
            #expect(error.kind == kind, sourceLocation: location)
            #expect(error.offset == offset, sourceLocation: location)
        }
    }
}

private func string(_ text: String) -> JSONTree { .string(Array(text.utf8)) }

private func object(_ members: (String, JSONTree)...) -> JSONTree {
    .object(members.map { JSONTree.Member(name: Array($0.0.utf8), value: $0.1) })
}
