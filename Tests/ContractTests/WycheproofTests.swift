import Foundation
import PaitifyVerifyHeader
import Testing
import Verifier

/// Project Wycheproof's vectors (github.com/C2SP/wycheproof, testvectors_v1), read where they lie and not copied: in
/// $WYCHEPROOF_DIR, or beside the package.
enum Wycheproof {
    struct Case: Sendable, CustomTestStringConvertible {
        var id: Int
        var comment: String
        var jws: String
        /// The key or the keys, as a JWKS document.
        var jwks: [UInt8]
        var mustBeAccepted: Bool
        var testDescription: String { "\(id) \(comment)" }
    }

    static let folder: URL = {
        if let named = ProcessInfo.processInfo.environment["WYCHEPROOF_DIR"] { return URL(filePath: named) }
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return package.appending(path: "../shared/vectors").standardizedFileURL
    }()

    /// On a machine that tests every change, missing vectors are a failure; elsewhere the tests are skipped, by name.
    static var runs: Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: "json_web_signature.json").path)
            || ProcessInfo.processInfo.environment["CI"] == "true"
    }

    /// Cases of json_web_signature.json that are called valid and that we refuse: RFC 7520's Figure 20, a PS384 token,
    /// with a key whose `alg` is PS256. A key is for its own algorithm alone (RFC 8725 §3.1).
    ///
    /// The files' other oddities are with keys that we never take: valid tokens for a key whose `alg` is `ES521`, which
    /// no registry has (347, 351), and HS256 tokens with a foreign character (372, 373).
    static let deviations: Set<Int> = [346, 350]

    static func cases(of file: String) throws -> [Case] {
        let whole = try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appending(path: file)))
        let groups = try #require((whole as? [String: Any])?["testGroups"] as? [[String: Any]])
        return try groups.flatMap { group in
            let key = try #require((group["public"] ?? group["private"]) as? [String: Any])
            let keys = (key["keys"] as? [[String: Any]]) ?? [key]
            let jwks = try Array(JSONSerialization.data(withJSONObject: ["keys": keys]))
            let isOurs = keys.allSatisfy { ["RS256", "PS256", "ES256"].contains($0["alg"] as? String) }
            return try #require(group["tests"] as? [[String: Any]]).map { test in
                let id = try #require(test["tcId"] as? Int)
                let isValid = test["result"] as? String == "valid"
                let jws =
                    try test["jws"] as? String
                    ?? String(decoding: JSONSerialization.data(withJSONObject: test["jws"]!), as: UTF8.self)
                return Case(
                    id: id, comment: test["comment"] as? String ?? "", jws: jws, jwks: jwks,
                    // What is for other keys, HS256 and JWE among them, has to be refused, valid or not.
                    mustBeAccepted: isOurs && isValid && !(file == "json_web_signature.json" && deviations.contains(id))
                )
            }
        }
    }
}

@Suite(
    .enabled(if: Wycheproof.runs, "SKIPPED: Wycheproof's vectors are not at hand; set WYCHEPROOF_DIR to their folder"))
struct `Wycheproof's cases` {
    static let options = Vectors.Options(
        issuer: "https://issuer.example", audiences: ["anyone"], algorithms: ["RS256", "PS256", "ES256"])

    @Test(
        "RS256, PS256 and ES256 are accepted where they are valid, and everything else refused",
        arguments: [
            ("json_web_signature.json", 401, 16), ("json_web_key.json", 26, 1),
        ])
    func everyCase(file: String, count: Int, valid: Int) throws {
        let cases = try Wycheproof.cases(of: file)
        #expect(cases.count == count)
        var accepted = 0
        for row in cases {
            let verifier = try CVerifier(Self.options, now: 1000)
            _ = verifier.install(row.jwks, fetchedAt: 1000)
            let status = verifier.verifyJWS(row.jws)
            #expect(
                (status == PAITIFY_OK) == row.mustBeAccepted, "\(file) \(row.testDescription): \(statusName(status))")
            let swift = try `The contract, as data`.swiftVerifier(Self.options) { 1000 }
            _ = try? swift.install(jwks: row.jwks, fetchedAt: 1000)
            #expect(`The contract, as data`.swiftStatus { _ = try swift.verifyJWS(row.jws) } == statusName(status))
            #expect(verifier.exposed.isEmpty == (status != PAITIFY_OK) || row.comment == "emptyPayload")
            if status == PAITIFY_OK { accepted += 1 }
        }
        print("Wycheproof \(file): \(cases.count) cases, \(accepted) accepted, \(cases.count - accepted) refused")
        #expect(accepted == valid)
    }
}
