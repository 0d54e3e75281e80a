import Foundation
import Verifier

/// A file of Tests/Vectors: the members that its kind has.
struct VectorFile: Decodable {
    /// The file's options, or those in which a case differs from them.
    struct Options: Decodable {
        let issuer: String?
        let audiences: [String]?
        let algorithms: [String]?
        let acceptTest: Bool?
        let leewayS, maxLifetimeS, maxTokenBytes, keysFreshS, keysMaxStaleS: UInt32?
    }

    struct Charge: Decodable {
        let amount: Int64
        let currency: String
        let merchantId: String
        let transactionId: String?
        let exact, anyMerchant: Bool?
    }

    struct Claim: Decodable, Equatable {
        let issuer, jti: String
        let expiresAt: Int64
        let transactionId: String
    }

    struct Step: Decodable {
        let now: Int64
        let document: String?
        let fetchedAt: Int64?
        let token: String?
        let status: String
    }

    struct Case: Decodable {
        let name: String
        let options: Options?
        let status: String?
        // Tokens.
        let token: String?
        let charge: Charge?
        let replay: String?
        let claimed: Claim?
        // Key sets.
        let document: String?
        let leftOut: Int?
        let tokenStatus: String?
        // Sequences.
        let steps: [Step]?
    }

    let options: Options
    let now: Int64?
    let charge: Charge
    let cases: [Case]
    /// The file's `jwks` as compact JSON; empty where it has none.
    private(set) var jwks: [UInt8] = []

    private enum CodingKeys: String, CodingKey { case options, now, charge, cases }

    static func read(_ folder: String, _ name: String) throws -> VectorFile {
        let data = try Data(contentsOf: URL(filePath: folder).appending(path: "\(name).json"))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        var file = try decoder.decode(VectorFile.self, from: data)
        let whole = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        if let jwks = whole?["jwks"] { file.jwks = Array(try JSONSerialization.data(withJSONObject: jwks)) }
        return file
    }
}

extension TokenVerifier.Options {
    /// A file's options, where a case has none of its own.
    init(_ file: VectorFile.Options, _ own: VectorFile.Options?) {
        self.init(issuer: own?.issuer ?? file.issuer ?? "", audiences: own?.audiences ?? file.audiences ?? [])
        let known: [String: AlgorithmSet] = ["RS256": .rs256, "PS256": .ps256, "ES256": .es256, "EdDSA": .edDSA]
        if let names = own?.algorithms ?? file.algorithms {
            algorithms = AlgorithmSet(names.compactMap { known[$0] })
        }
        acceptsTestEnvironment = own?.acceptTest ?? file.acceptTest ?? false
        leewaySeconds = own?.leewayS ?? file.leewayS ?? leewaySeconds
        maxLifetimeSeconds = own?.maxLifetimeS ?? file.maxLifetimeS ?? maxLifetimeSeconds
        maxTokenBytes = own?.maxTokenBytes ?? file.maxTokenBytes ?? maxTokenBytes
        keysFreshSeconds = own?.keysFreshS ?? file.keysFreshS ?? keysFreshSeconds
        keysMaxStaleSeconds = own?.keysMaxStaleS ?? file.keysMaxStaleS ?? keysMaxStaleSeconds
    }
}

extension Charge {
    init(_ given: VectorFile.Charge) throws(VerifyError) {
        try self.init(
            amount: given.amount, currency: given.currency, merchantID: given.merchantId,
            transactionID: given.transactionId, matching: given.exact == true ? .exactly : .atMost,
            comparesMerchant: given.anyMerchant != true)
    }
}
