import Foundation
import Verifier

/// Three charges on one token: the first of the vectors, with the clock at its time. usage: charge VECTORS
@main
struct ChargeExample {
    /// As much of tokens.json as is needed here.
    struct File: Decodable {
        struct Case: Decodable {
            let token: String
        }

        let now: Int64
        let cases: [Case]
    }

    static func main() throws {
        guard CommandLine.arguments.count == 2 else {
            print("usage: charge VECTORS")
            exit(64)
        }
        let data = try Data(contentsOf: URL(filePath: CommandLine.arguments[1]).appending(path: "tokens.json"))
        let file = try JSONDecoder().decode(File.self, from: data)

        var options = TokenVerifier.Options(
            issuer: "https://issuer.paitify.example", audiences: ["paitify:processor"])
        options.clock = Clock(unixSeconds: { file.now })  // a processor leaves this out, and has the system's
        options.replayGuard = Claims()
        let verifier = try TokenVerifier(options: options)
        let whole = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        let jwks = try JSONSerialization.data(withJSONObject: whole?["jwks"] ?? [:])
        try verifier.install(jwks: Array(jwks), fetchedAt: file.now)

        let token = file.cases[0].token
        try attempt(5001, as: "tx_1", token, verifier)
        try attempt(5000, as: "tx_2", token, verifier)
        try attempt(5000, as: "tx_3", token, verifier)
    }

    private static func attempt(
        _ amount: Int64, as transactionID: String, _ token: String, _ verifier: TokenVerifier
    ) throws {
        let charge = try Charge(
            amount: amount, currency: "USD", merchantID: "mrc_books", transactionID: transactionID)
        do {
            let authorization = try verifier.verify(token, charge: charge)
            // Here, and nowhere else, a processor moves the money.
            print("charge: \(authorization.authorizationID) permits \(amount) USD")
        } catch {
            print("charge: \(amount) USD as \(transactionID) is declined: \(error.status.name): \(error.detail)")
        }
    }
}
