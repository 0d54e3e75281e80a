import Foundation
import Testing

@testable import Issuer

/// Texts, half of which are master keys.
private enum MasterKeyTexts {
    static let bytes = (0..<32).map { UInt8($0 * 7) }
    static let hex = bytes.map { String(format: "%02x", $0) }.joined()
    static let base64 = Data(bytes).base64EncodedString()
    static let keys: [String] = [
        hex, hex.uppercased(), base64, String(base64.dropLast()), Base64URL.encode(bytes), " \(hex)\n", "\(base64)\r\n",
    ]
    static let noKeys: [String] = [
        "", " ", "secret", String(hex.dropLast()), String(hex.dropLast(2)), "\(hex)00", "0x\(hex.dropLast(2))",
        "\(hex.dropLast())g", "\(hex.prefix(32)) \(hex.suffix(32))", "\(base64)=",
        Data(bytes.dropLast()).base64EncodedString(), Data(bytes + [1]).base64EncodedString(),
    ]
}

@Suite struct MasterKeyTests {
    @Test("every way of writing 32 bytes gives the same key", arguments: MasterKeyTexts.keys)
    func forms(_ text: String) throws {
        #expect(try MasterKey(text: text).hexadecimal == MasterKeyTexts.hex)
    }

    @Test("what is no master key is refused, and what it was is not told", arguments: MasterKeyTexts.noKeys)
    func refusals(_ text: String) {
        let error = #expect(throws: KeyError.self) { try MasterKey(text: text) }
        guard case .masterKeyMalformed(let sentence) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(sentence.contains("expected 32 random bytes"))
        #expect(text.count < 8 || !sentence.contains(text))
    }

    @Test("a key is never printed")
    func notPrinted() throws {
        let key = try MasterKey(text: MasterKeyTexts.hex)
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped] {
            #expect(!text.lowercased().contains(MasterKeyTexts.hex.prefix(8)))
            #expect(!text.contains("7, 14"))
        }
    }
}

@Suite struct MasterKeyFileTests {
    @Test("the first start makes a key that only its owner reads, and the next start finds it")
    func madeOnce() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/master.key"
            let made = try MasterKey.loadOrCreate(file: path)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(try MasterKey.loadOrCreate(file: path).hexadecimal == made.hexadecimal)
            #expect(try MasterKey.load(file: path).hexadecimal == made.hexadecimal)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["master.key"])
        }
    }

    @Test("processes that start at once end up with one key")
    func race() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/master.key"
            let keys = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<16 {
                    group.addTask { try MasterKey.loadOrCreate(file: path).hexadecimal }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(keys.count == 1)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["master.key"])
        }
    }

    @Test("a file that others can read is refused", arguments: [0o640, 0o604, 0o660, 0o601, 0o777])
    func loosePermissions(_ mode: Int) async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/master.key"
            _ = try MasterKey.loadOrCreate(file: path)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            let error = #expect(throws: KeyError.self) { try MasterKey.loadOrCreate(file: path) }
            #expect(error?.description.contains("mode \(String(mode, radix: 8))") == true)
            #expect(error?.description.contains("chmod 600") == true)
        }
    }

    @Test(
        "a file without a key in it is refused and left alone",
        arguments: ["", "\n", "abc", String(repeating: "0", count: 5000)])
    func badContent(_ content: String) async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/master.key"
            #expect(
                FileManager.default.createFile(
                    atPath: path, contents: Data(content.utf8), attributes: [.posixPermissions: 0o600]))
            let error = #expect(throws: KeyError.self) { try MasterKey.loadOrCreate(file: path) }
            #expect(error?.description.hasPrefix(path) == true)
            let left = try String(contentsOfFile: path, encoding: .utf8)
            #expect(left == content)
        }
    }

    @Test("a file that is asked for by name must be there, and a folder must be too")
    func absent() async throws {
        try await withTemporaryFolder { folder in
            #expect(throws: KeyError.self) { try MasterKey.load(file: folder + "/none") }
            #expect(throws: KeyError.self) { try MasterKey.load(file: folder) }
            #expect(throws: KeyError.self) { try MasterKey.loadOrCreate(file: folder + "/none/master.key") }
        }
    }
}
