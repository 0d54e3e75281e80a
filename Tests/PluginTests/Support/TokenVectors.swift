import Foundation

/// What these tests need of Tests/Vectors/tokens.json.
struct TokenVectors: Decodable, Sendable {
    struct Options: Decodable, Sendable {
        let issuer: String
        let audiences: [String]
    }

    struct Charge: Decodable, Sendable {
        let currency: String
        let merchantId: String
    }

    struct Case: Decodable, Sendable {
        let name: String
        let token: String
    }

    let now: Int64
    let options: Options
    let charge: Charge
    let cases: [Case]
    /// The key set, as its bytes.
    private(set) var jwks: [UInt8] = []

    private enum CodingKeys: String, CodingKey {
        case now, options, charge, cases
    }

    static func read() throws -> TokenVectors {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Vectors")
        let bytes = try Data(contentsOf: folder.appending(path: "tokens.json"))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        var vectors = try decoder.decode(TokenVectors.self, from: bytes)
        let whole = try JSONSerialization.jsonObject(with: bytes) as? [String: Any]
        vectors.jwks = Array(try JSONSerialization.data(withJSONObject: whole?["jwks"] ?? [:]))
        return vectors
    }
}
