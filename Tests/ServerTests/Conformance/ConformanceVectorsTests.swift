import Foundation
import Testing
import Verifier

@testable import Server

@Suite struct `The vectors, as questions` {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Vectors")

    private struct Line: Decodable {
        struct Install: Decodable {
            let document: String
            let fetchedAt: Int64
            let now: Int64
        }
        let `case`: String
        let options: [String: JSONTree]
        let installs: [Install]
        let token: String?
        let now: Int64?
        let charge: [String: JSONTree]?
    }

    private static func lines() throws -> [(row: ConformanceCase, line: Line)] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try ConformanceVectors(folder: folder).cases.map { row in
            (row, try decoder.decode(Line.self, from: Data(row.line)))
        }
    }

    @Test func `are each complete, and on one line`() throws {
        let lines = try Self.lines()
        #expect(lines.count > 1000)
        for (row, line) in lines {
            #expect(!row.line.contains(UInt8(ascii: "\n")))
            #expect(line.case == row.name)
            #expect(line.options.count == 9, "\(row.name)")
            let (hasToken, hasCharge, hasTime) = (line.token != nil, line.charge?.count == 6, line.now != nil)
            #expect(hasToken == hasCharge && hasToken == hasTime, "\(row.name)")
            #expect(hasToken || !line.installs.isEmpty, "\(row.name)")
        }
        #expect(Set(lines.map(\.row.name)).count == lines.count)
    }

    @Test func `keep every character of a token`() throws {
        let tokens = Dictionary(uniqueKeysWithValues: try Self.lines().map { ($0.row.name, $0.line.token) })
        #expect(tokens["tokens: a byte order mark before"]??.unicodeScalars.first == "\u{FEFF}")
        #expect(tokens["tokens: a NUL after"]??.unicodeScalars.last == "\0")
        #expect(tokens["tokens: a line feed at the end"]??.unicodeScalars.last == "\n")
    }

    @Test func `have the installations before them, in order`() throws {
        let lines = try Self.lines()
        let rollback = lines.filter { $0.row.name.hasPrefix("sequences: a lower sequence is a rollback,") }
        #expect(rollback.map(\.row.expected) == [.ok, .rollback, .ok])
        #expect(rollback.map(\.line.installs.count) == [1, 2, 2])
        #expect(rollback.map { $0.line.token == nil } == [true, true, false])
        #expect(rollback[2].line.installs.map(\.fetchedAt).sorted() == rollback[2].line.installs.map(\.fetchedAt))
    }

    @Test func `come with the program, or with its source`() throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "vectors-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        let (installed, built) = (root.appending(path: "prefix"), root.appending(path: "source"))
        for folder in ["share/paitify/vectors", "lib/paitify"] {
            try FileManager.default.createDirectory(
                at: installed.appending(path: folder), withIntermediateDirectories: true)
        }
        for folder in ["Tests/Vectors", ".build/debug"] {
            try FileManager.default.createDirectory(
                at: built.appending(path: folder), withIntermediateDirectories: true)
        }
        #expect(ConformanceVectors.besideProgram(installed.appending(path: "lib/paitify/paitify")) == nil)
        try Data().write(to: installed.appending(path: "share/paitify/vectors/tokens.json"))
        try Data().write(to: built.appending(path: "Tests/Vectors/tokens.json"))
        let found = [installed.appending(path: "lib/paitify/paitify"), built.appending(path: ".build/debug/paitify")]
            .map {
                ConformanceVectors.besideProgram($0)?.path
            }
        #expect(found[0]?.hasSuffix("prefix/share/paitify/vectors") == true)
        #expect(found[1]?.hasSuffix("source/Tests/Vectors") == true)
    }

    @Test func `that cannot be read say so`() throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "vectors-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: root) }
        #expect(throws: Failure.self) { try ConformanceVectors(folder: root) }
        for broken in ["", "[]", "{}", #"{"cases":[{}]}"#] {
            try Data(broken.utf8).write(to: root.appending(path: "tokens.json"))
            #expect(throws: Failure.self, "\(broken)") { try ConformanceVectors(folder: root) }
        }
    }
}
