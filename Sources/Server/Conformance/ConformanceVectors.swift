import Foundation
import Verifier

/// The vectors in a folder (Tests/Vectors), as questions.
struct ConformanceVectors {
    let cases: [ConformanceCase]

    /// The files of one token a case; not every folder has each.
    private static let tokenFiles = ["tokens", "algorithms"]

    init(folder: URL) throws(Failure) {
        var cases: [ConformanceCase] = []
        for name in Self.tokenFiles {
            guard let file = try VectorFile(folder, name) else { continue }
            for row in try file.cases { cases.append(try file.question(row, after: [try file.publishedKeys()])) }
        }
        if let file = try VectorFile(folder, "key-sets") {
            for row in try file.cases { cases += try file.questionsOfKeySet(row) }
        }
        if let file = try VectorFile(folder, "sequences") {
            for row in try file.cases { cases += try file.questionsOfSequence(row) }
        }
        guard !cases.isEmpty else { throw Failure("\(folder.path) holds no vectors", exitCode: 2) }
        self.cases = cases
    }

    /// Where the vectors are: installed with the program, or in the source tree that it was built in.
    static func besideProgram(_ program: URL) -> URL? {
        var folder = program.resolvingSymlinksInPath().deletingLastPathComponent()
        while true {
            for place in ["share/paitify/vectors", "Tests/Vectors"] {
                let vectors = folder.appending(path: place)
                if FileManager.default.fileExists(atPath: vectors.appending(path: "tokens.json").path) {
                    return vectors
                }
            }
            guard folder.path != "/" else { return nil }
            folder.deleteLastPathComponent()
        }
    }
}

/// One file of vectors, as JSON: its members go into the lines as they are.
private struct VectorFile {
    typealias Object = [String: Any]

    private let name: String
    private let content: Object

    /// The options' defaults, spelled out, so that a line needs none.
    private static var defaults: Object {
        [
            "algorithms": ["RS256"], "accept_test": false, "leeway_s": 30, "max_lifetime_s": 604_800,
            "max_token_bytes": 8192, "keys_fresh_s": 300, "keys_max_stale_s": 86_400,
        ]
    }
    private static var chargeDefaults: Object { ["exact": false, "any_merchant": false, "transaction_id": ""] }

    /// Nil where there is no such file.
    init?(_ folder: URL, _ name: String) throws(Failure) {
        let url = folder.appending(path: "\(name).json")
        guard FileManager.default.fileExists(atPath: url.path) else { return nil }
        do {
            guard let content = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? Object else {
                throw Failure("it is no JSON object")
            }
            (self.name, self.content) = (name, content)
        } catch {
            throw Failure("\(url.path) cannot be read: \(error)", exitCode: 2)
        }
    }

    var cases: [Object] {
        get throws(Failure) { try member("cases", of: content) }
    }

    /// What a token file's verifier has installed: the file's key set, fetched at its instant.
    func publishedKeys() throws(Failure) -> Object {
        let jwks: Object = try member("jwks", of: content)
        let now: Int = try member("now", of: content)
        return ["document": String(decoding: try Self.encode(jwks), as: UTF8.self), "fetched_at": now, "now": now]
    }

    /// A verification of the row's token.
    func question(_ row: Object, after installs: [Object]) throws(Failure) -> ConformanceCase {
        try question(row, name: try member("name", of: row), step: row, status: "status", after: installs)
    }

    func questionsOfKeySet(_ row: Object) throws(Failure) -> [ConformanceCase] {
        let name: String = try member("name", of: row)
        let now: Int = try member("now", of: content)
        let document: String = try member("document", of: row)
        let install: Object = ["document": document, "fetched_at": now, "now": now]
        var cases = [try question(row, name: name, step: [:], status: "status", after: [install])]
        if let token = row["token"] {
            let step: Object = ["token": token, "now": now]
            cases.append(
                try question(row, name: "\(name), then a token", step: step, status: "token_status", after: [install]))
        }
        return cases
    }

    /// A question a step, each with all the installations before it.
    func questionsOfSequence(_ row: Object) throws(Failure) -> [ConformanceCase] {
        let name: String = try member("name", of: row)
        let steps: [Object] = try member("steps", of: row)
        var (installs, cases): ([Object], [ConformanceCase]) = ([], [])
        for (index, step) in steps.enumerated() {
            let step = step.filter { $0.key != "status" }
            if step["token"] == nil { installs.append(step) }
            let name = steps.count == 1 ? name : "\(name), step \(index + 1)"
            cases.append(
                try question(
                    row.merging(steps[index]) { $1 }, name: name, step: step["token"] == nil ? [:] : step,
                    status: "status",
                    after: installs))
        }
        return cases
    }

    /// The line: `step` holds the token, and its instant where that is not the file's; without a token the question is
    /// what the last installation gives.
    private func question(
        _ row: Object, name: String, step: Object, status: String, after installs: [Object]
    ) throws(Failure) -> ConformanceCase {
        let options = Self.defaults.merging(try member("options", of: content)) { $1 }
            .merging((row["options"] as? Object) ?? [:]) { $1 }
        var line: Object = ["case": "\(self.name): \(name)", "options": options, "installs": installs]
        if let token = step["token"] {
            let usual: Object = try member("charge", of: content)
            let charge = (step["charge"] ?? row["charge"]) as? Object ?? usual
            line["token"] = token
            line["now"] = step["now"] ?? content["now"]
            line["charge"] = Self.chargeDefaults.merging(charge) { $1 }
            if let replay = step["replay"] ?? row["replay"] { line["replay"] = replay }
        }
        let text: String = try member(status, of: row)
        guard let expected = VerificationStatus(text) else {
            throw Failure("\(self.name).json, \"\(name)\": there is no status \(text)", exitCode: 2)
        }
        return ConformanceCase(name: "\(self.name): \(name)", line: try Self.encode(line), expected: expected)
    }

    private func member<Value>(_ name: String, of object: Object) throws(Failure) -> Value {
        guard let value = object[name] as? Value else {
            throw Failure("\(self.name).json has no usable \(name)", exitCode: 2)
        }
        return value
    }

    private static func encode(_ value: Object) throws(Failure) -> [UInt8] {
        do {
            return Array(
                try JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .withoutEscapingSlashes]))
        } catch {
            throw Failure("a case cannot be written as JSON: \(error)", exitCode: 2)
        }
    }
}
