import Testing

@testable import Issuer

private enum MalformedKeys {
    static let texts: [String] = ["", "ag_live_"] + endings + openings
    private static let body = APIKeySecretTests.body
    private static let openings: [String] = [
        "ag_Live_\(body)", "ag_prod_\(body)", "ag_live-\(body)", " ag_live_\(body.dropLast())", body,
    ]
    private static let endings: [String] = ["", "hi", "_", " ", "-", "\0", "+", "é", "\n"].map {
        "ag_live_\(body.dropLast())\($0)"
    }
}

@Suite struct APIKeySecretTests {
    static let body = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefgh"

    @Test(
        "a key's shape is its opening, 12 characters to look it up by and 32 that are secret",
        arguments: Environment.allCases)
    func shape(_ environment: Environment) throws {
        let key = try APIKeySecret.random(for: environment)
        #expect(key.text.utf8.count == 52 && key.text.hasPrefix("ag_\(environment.rawValue)_"))
        #expect(key.prefix == String(key.text.prefix(20)))
        #expect(APIKeySecret(key.text) == key && key.environment == environment)
        #expect(try APIKeySecret.random(for: environment) != key)
    }

    @Test("what has not exactly a key's shape is none", arguments: MalformedKeys.texts)
    func malformed(_ text: String) {
        #expect(APIKeySecret(text) == nil)
    }

    @Test("every character is as likely as any other: bytes over 247 are passed over")
    func uniform() throws {
        var given: [UInt8] = Array(repeating: 255, count: 20) + [248, 247, 0, 61, 62]
        let key = try APIKeySecret.random(for: .live) { count throws(KeyError) in
            defer { given = [] }
            return given + Array(repeating: 10, count: count - given.count)
        }
        #expect(key.text == "ag_live_" + "z0z0" + String(repeating: "A", count: 40))
    }

    @Test("a key is never printed")
    func notPrinted() throws {
        let key = try #require(APIKeySecret("ag_live_" + Self.body))
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped] {
            #expect(!text.contains(Self.body.suffix(32).prefix(4)))
        }
    }
}
