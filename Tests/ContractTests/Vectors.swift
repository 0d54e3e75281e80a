import Foundation
import Testing

/// The files in Tests/Vectors, which any language can read.
enum Vectors {
    /// A file's options, or those in which a case differs from them; nil is the default.
    struct Options: Decodable, Sendable {
        var issuer: String?
        var audiences: [String]?
        var algorithms: [String]?
        var acceptTest: Bool?
        var leewayS: UInt32?
        var maxLifetimeS: UInt32?
        var maxTokenBytes: UInt32?
        var keysFreshS: UInt32?
        var keysMaxStaleS: UInt32?

        func changed(by own: Options?) -> Options {
            Options(
                issuer: own?.issuer ?? issuer, audiences: own?.audiences ?? audiences,
                algorithms: own?.algorithms ?? algorithms, acceptTest: own?.acceptTest ?? acceptTest,
                leewayS: own?.leewayS ?? leewayS, maxLifetimeS: own?.maxLifetimeS ?? maxLifetimeS,
                maxTokenBytes: own?.maxTokenBytes ?? maxTokenBytes, keysFreshS: own?.keysFreshS ?? keysFreshS,
                keysMaxStaleS: own?.keysMaxStaleS ?? keysMaxStaleS)
        }
    }

    struct Charge: Decodable, Sendable {
        var amount: Int64
        var currency: String
        var merchantId: String
        var exact: Bool?
        var anyMerchant: Bool?
        var transactionId: String?
    }

    struct TokenCase: Decodable, Sendable, CustomTestStringConvertible {
        var name: String
        var token: String
        var status: String
        var charge: Charge?
        var options: Options?
        /// What the replay guard answers, where there is one.
        var replay: String?
        var claimed: Claim?
        var testDescription: String { name }
    }

    /// What a replay guard is asked.
    struct Claim: Decodable, Equatable, Sendable {
        var issuer: String
        var jti: String
        var expiresAt: Int64
        var transactionId: String
    }

    /// A file of tokens: tokens.json, or algorithms.json.
    struct Tokens: Sendable {
        var options: Options
        var now: Int64
        var jwks: [UInt8]
        var charge: Charge
        var cases: [TokenCase]
    }

    struct KeySetCase: Decodable, Sendable, CustomTestStringConvertible {
        var name: String
        var document: String
        var status: String
        var leftOut: Int
        var token: String?
        var tokenStatus: String?
        var options: Options?
        var testDescription: String { name }
    }

    struct KeySets: Decodable, Sendable {
        var options: Options
        var now: Int64
        var charge: Charge
        var cases: [KeySetCase]
    }

    /// An installation (of `document`), or a verification (of `token`).
    struct Step: Decodable, Sendable {
        var now: Int64
        var document: String?
        var fetchedAt: Int64?
        var token: String?
        var status: String
        /// How fresh the keys are afterwards, and the kids that were asked for in this step.
        var keys: String?
        var wanted: [String]?
    }

    struct SequenceCase: Decodable, Sendable, CustomTestStringConvertible {
        var name: String
        var steps: [Step]
        var options: Options?
        var testDescription: String { name }
    }

    struct Sequences: Decodable, Sendable {
        var options: Options
        var charge: Charge
        var cases: [SequenceCase]
    }

    static var sequences: Sequences { get throws { try loadedSequences.get() } }
    static var tokens: Tokens { get throws { try loadedTokens.get() } }
    static var algorithms: Tokens { get throws { try loadedAlgorithms.get() } }
    static var keySets: KeySets { get throws { try loadedKeySets.get() } }

    private static let loadedTokens = Result { try loadTokens("tokens.json") }
    private static let loadedAlgorithms = Result { try loadTokens("algorithms.json") }
    private static let loadedSequences = Result { try decoder.decode(Sequences.self, from: read("sequences.json")) }
    private static let loadedKeySets = Result { try decoder.decode(KeySets.self, from: read("key-sets.json")) }

    private static func loadTokens(_ name: String) throws -> Tokens {
        struct File: Decodable {
            var options: Options
            var now: Int64
            var charge: Charge
            var cases: [TokenCase]
        }
        let data = try read(name)
        let file = try decoder.decode(File.self, from: data)
        let whole = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        let jwks = try JSONSerialization.data(withJSONObject: #require(whole?["jwks"]))
        return Tokens(options: file.options, now: file.now, jwks: Array(jwks), charge: file.charge, cases: file.cases)
    }

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }

    private static func read(_ name: String) throws -> Data {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try Data(contentsOf: tests.appending(path: "Vectors").appending(path: name))
    }
}
