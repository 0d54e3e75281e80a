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

/// One file of vectors: its members go into the lines as they are.
private struct VectorFile {
    typealias Object = [String: JSONTree]

    private let name: String
    private let content: Object

    /// The options' defaults, spelled out, so that a line needs none.
    private static let defaults: Object = [
        "algorithms": ["RS256"], "accept_test": false, "leeway_s": 30, "max_lifetime_s": 604_800,
        "max_token_bytes": 8192, "keys_fresh_s": 300, "keys_max_stale_s": 86_400,
    ]
    private static let chargeDefaults: Object = ["exact": false, "any_merchant": false, "transaction_id": ""]

    /// Nil where there is no such file.
    init?(_ folder: URL, _ name: String) throws(Failure) {
        let url = folder.appending(path: "\(name).json")
        guard FileManager.default.fileExists(atPath: url.path) else { return nil }
        do {
            (self.name, content) = (name, try JSONDecoder().decode(Object.self, from: Data(contentsOf: url)))
        } catch {
            throw Failure("\(url.path) cannot be read: \(error)", exitCode: 2)
        }
    }

    var cases: [Object] {
        get throws(Failure) { try required(content["cases"]?.objects, "cases") }
    }

    /// What a token file's verifier has installed: the file's key set, fetched at its instant.
    func publishedKeys() throws(Failure) -> JSONTree {
        let jwks = try Self.encode(try required(content["jwks"]?.object, "jwks"))
        return try installation(of: .string(String(decoding: jwks, as: UTF8.self)))
    }

    /// A verification of the row's token.
    func question(_ row: Object, after installs: [JSONTree]) throws(Failure) -> ConformanceCase {
        try question(row, name: try name(of: row), step: row, status: row["status"], after: installs)
    }

    /// What installing gives, and what a token after it.
    func questionsOfKeySet(_ row: Object) throws(Failure) -> [ConformanceCase] {
        let name = try name(of: row)
        let installs = [try installation(of: try required(row["document"], "document"))]
        var cases = [try question(row, name: name, step: [:], status: row["status"], after: installs)]
        if row["token"] != nil {
            cases.append(
                try question(
                    row, name: "\(name), then a token", step: row, status: row["token_status"], after: installs))
        }
        return cases
    }

    /// A question a step, each with all the installations before it.
    func questionsOfSequence(_ row: Object) throws(Failure) -> [ConformanceCase] {
        let name = try name(of: row)
        let steps = try required(row["steps"]?.objects, "steps")
        var (installs, cases): ([JSONTree], [ConformanceCase]) = ([], [])
        for (index, step) in steps.enumerated() {
            if step["token"] == nil {
                installs.append(.object(step.filter { ["document", "fetched_at", "now"].contains($0.key) }))
            }
            let stepName = steps.count == 1 ? name : "\(name), step \(index + 1)"
            cases.append(try question(row, name: stepName, step: step, status: step["status"], after: installs))
        }
        return cases
    }

    /// The line. Without a token in the step the question is what the last installation gives.
    private func question(
        _ row: Object, name: String, step: Object, status: JSONTree?, after installs: [JSONTree]
    ) throws(Failure) -> ConformanceCase {
        let title = "\(self.name): \(name)"
        let options = Self.defaults.merging(try required(content["options"]?.object, "options")) { $1 }
            .merging(row["options"]?.object ?? [:]) { $1 }
        var line: Object = ["case": .string(title), "options": .object(options), "installs": .array(installs)]
        if let token = step["token"] {
            let usual = try required(content["charge"]?.object, "charge")
            line["token"] = token
            line["now"] = try required(step["now"] ?? content["now"], "now")
            line["charge"] = .object(Self.chargeDefaults.merging(step["charge"]?.object ?? usual) { $1 })
            line["replay"] = step["replay"]
        }
        guard let expected = status?.string.flatMap({ VerificationStatus($0) }) else {
            throw Failure("\(title): it names no status", exitCode: 2)
        }
        return ConformanceCase(name: title, line: try Self.encode(line), expected: expected)
    }

    private func name(of row: Object) throws(Failure) -> String { try required(row["name"]?.string, "name") }

    private func installation(of document: JSONTree) throws(Failure) -> JSONTree {
        let now = try required(content["now"], "now")
        return .object(["document": document, "fetched_at": now, "now": now])
    }

    private func required<Value>(_ value: Value?, _ name: String) throws(Failure) -> Value {
        guard let value else { throw Failure("\(self.name).json has no usable \(name)", exitCode: 2) }
        return value
    }

    private static func encode(_ object: Object) throws(Failure) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(object))
        } catch {
            throw Failure("a case cannot be written as JSON: \(error)", exitCode: 2)
        }
    }
}
