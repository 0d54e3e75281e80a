import Foundation
import Testing

@testable import Verifier

@Suite("Names in objects of very many members")
struct RepeatedNamesTests {
    /// An object of so many members, m0 to mN, and then those of these names.
    private static func object(of count: Int, then names: [String] = []) -> String {
        let members = (0..<count).map { "\"m\($0)\":\($0)" } + names.map { "\"\($0)\":0" }
        return "{" + members.joined(separator: ",") + "}"
    }

    /// Where the reader finds a name for the second time, or nil.
    private static func place(in text: String) throws -> Int? {
        do {
            _ = try JSONTree(reading: Array(text.utf8))
            return nil
        } catch {
            #expect(error.kind == .duplicateMember)
            return error.offset
        }
    }

    @Test("unique names are no repeated ones, however many", arguments: [0, 1, 64, 65, 66, 127, 1000])
    func unique(count: Int) throws {
        #expect(try Self.place(in: Self.object(of: count)) == nil)
    }

    @Test(
        "a name that comes again is found wherever the first is, and its place is the later one's",
        arguments: [0, 1, 32, 63, 64, 99])
    func repeated(first: Int) throws {
        let text = Self.object(of: 100, then: ["m\(first)"])
        let later = try #require(text.range(of: "\"m\(first)\":0}"))
        #expect(try Self.place(in: text) == text.utf8.distance(from: text.startIndex, to: later.lowerBound))
    }

    @Test("escapes are no disguise")
    func escaped() throws {
        #expect(try Self.place(in: Self.object(of: 100, then: ["\\u006d7"])) != nil)
        #expect(try Self.place(in: Self.object(of: 100, then: ["a\\nb", "a\\u000ab"])) != nil)
    }

    @Test("an object within others is searched, and a name in two objects is no repeated one")
    func nested() throws {
        let (good, bad) = (Self.object(of: 80), Self.object(of: 80, then: ["m70"]))
        #expect(try Self.place(in: "{\"a\":[1,{\"b\":\(bad)}],\"c\":\(good)}") != nil)
        #expect(try Self.place(in: "{\"a\":[1,{\"b\":\(good)}],\"c\":\(good)}") == nil)
    }

    @Test("the shortest members leave room to sort them", arguments: [65, 66, 200])
    func shortest(count: Int) throws {
        // Names of one byte, as far as they go, and then of two: no text has more members for its length.
        let letters = (0x21...0x7E).filter { $0 != 0x22 && $0 != 0x5C }.map { String(UnicodeScalar(UInt8($0))) }
        let names = ([""] + letters + letters.flatMap { first in letters.map { first + $0 } }).prefix(count)
        let text = "{" + names.map { "\"\($0)\":0" }.joined(separator: ",") + "}"
        #expect(try Self.place(in: text) == nil)
        #expect(try Self.place(in: text.dropLast() + ",\"!\":0}") != nil)
    }
}

@Suite("A second reading of what jansson read")
struct SecondReadingTests {
    private static func agrees(_ text: String, _ other: String) throws -> Bool {
        let bytes = Array(text.utf8)
        let reading = try SecondReading(of: bytes.span, depthMax: 8)
        return try reading.agrees(with: JSONDocument.parse(Array(other.utf8), maxDepth: 8).root)
    }

    private static let document =
        #"{"keys":[{"kty":"RSA","n":"abc\u0064","e":"AQAB"}],"sequence":12,"a":[true,null,1.5]}"#

    @Test("of the same text both have the same")
    func same() throws {
        #expect(try Self.agrees(Self.document, Self.document))
    }

    @Test(
        "a tree that lacks anything of the text is not whole",
        arguments: [
            ("\"e\"", "\"\""), ("abc", "ac"), ("AQAB", "AQA"), ("12", "1"), (",1.5", ""), ("true", "false"),
            ("null", "0"), ("1.5", "1"), (",\"sequence\":12", ""), ("\"RSA\"", "[]"), ("[true,null,1.5]", "{}"),
        ])
    func notWhole(_ part: String, _ instead: String) throws {
        let range = try #require(Self.document.range(of: part))
        #expect(try !Self.agrees(Self.document, Self.document.replacingCharacters(in: range, with: instead)))
    }

    @Test(
        "what is no JSON, no container, or has a name twice is not acceptable",
        arguments: [
            ("{}", true), ("[]", true), ("", false), ("1", false), ("\"a\"", false), ("{", false), ("{}}", false),
            (#"{"a":1,"a":2}"#, false), (#"{"a":1,"b":{"c":1,"\u0063":2}}"#, false), ("[[[[[[[[]]]]]]]]", true),
            ("[[[[[[[[[]]]]]]]]]", false),
        ])
    func acceptable(_ text: String, _ expected: Bool) throws {
        let bytes = Array(text.utf8)
        let reading = try SecondReading(of: bytes.span, depthMax: 8)
        let isAcceptable = reading.isAcceptable
        #expect(isAcceptable == expected)
    }
}
