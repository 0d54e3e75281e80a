import Issuer
import NIOCore
import Testing

@testable import Server

@Suite struct `JSON, written and located` {
    @Test func `text is escaped, and nothing else changes it`() {
        let json = ByteBuffer.of { $0.text("a\"b\\c\n\r\t\u{01}\u{1F}/é\u{2028}😀") }
        #expect(String(buffer: json) == #""a\"b\\c\n\r\t\u0001\u001f/é\#u{2028}😀""#)
    }

    @Test func `members keep their order, pairs are sorted, nil is null`() {
        let json = JSONWriter.object { json in
            json.member("z", 1)
            json.member("a", nil as String?)
            json.member("t", true)
            json.member("p", pairs: ["y": "1", "x": "2"])
            json.member("e", texts: [])
            json.member("l", array: [1, 2]) { json, number in json.integer(Int64(number)) }
            json.member("o") { _ in }
            json.member("i", Instant(milliseconds: 0))
        }
        #expect(
            String(buffer: json)
                == #"{"z":1,"a":null,"t":true,"p":{"x":"2","y":"1"},"e":[],"l":[1,2],"o":{},"i":"1970-01-01T00:00:00.000Z"}"#
        )
    }

    @Test(
        "a place in a text has a path",
        arguments: [
            (#"{"a":1"#, "a"), (#"{"a":{"b":[1,2"#, "a.b[1]"), (#"{"a":{"b":1},"c":2"#, "c"),
            (#"[[1],[2,{"k":3"#, "[1][1].k"),
            (#"{"x":"a,b]}","y":4"#, "y"), (#"{"q\"r":5"#, #"q\"r"#), ("", ""), (#"{"a":{}}"#, ""),
        ])
    func paths(text: String, path: String) {
        #expect(JSONWalk(Array(text.utf8), upTo: text.utf8.count).path == path)
    }

    @Test func `a walk survives whatever it is given`() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array(#"{}[]",:\19-e "#.utf8)
        for _ in 0..<2000 {
            let text = (0..<40).map { _ in alphabet.randomElement(using: &generator)! }
            _ = JSONWalk(text, upTo: 40).path
            _ = try? RequestJSON(text)
        }
    }

    @Test(
        "a misspelt name finds its neighbour",
        arguments: [
            ("agentID", "agentId"), ("ammount", "amount"), ("amuont", "amount"), ("curency", "currency"), ("xyz", nil),
            ("id", nil), ("", nil),
        ] as [(String, String?)])
    func spelling(written: String, meant: String?) {
        #expect(Spelling.nearest(to: written, among: ["agentId", "amount", "currency"]) == meant)
    }
}
