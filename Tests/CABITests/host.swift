// A host that is itself written in Swift, and has a Swift runtime of its own in the process: the library's must not meet
// it. Several tasks verify, and one installs keys, while others allocate, cast, reflect, format and decode.
// usage: swifthost FOLDER

import Foundation
import PaitifyVerifyHeader

/// The vectors that are needed here, decoded as a Swift program would.
struct Vectors: Decodable, Sendable {
    struct Options: Decodable, Sendable { let issuer: String }
    struct Case: Decodable, Sendable { let name, token, status: String }
    let now: Int64
    let options: Options
    let cases: [Case]
}

/// A handle of the library, which may be shared as its header says.
struct Verifier: @unchecked Sendable {
    let handle: OpaquePointer

    init(issuer: String, now: Int64, jwks: [UInt8]) throws {
        var options = paitify_options()
        paitify_options_init(&options, UInt32(MemoryLayout<paitify_options>.size))
        let context = UnsafeMutablePointer<Int64>.allocate(capacity: 1)
        context.initialize(to: now)
        options.context = UnsafeMutableRawPointer(context)
        options.now = { $0!.load(as: Int64.self) }
        options.release = { $0!.deallocate() }
        var made: OpaquePointer?
        try Array(issuer.utf8).withBorrowed { issuer in
            try Array("paitify:processor".utf8).withBorrowed { audience in
                try withUnsafePointer(to: audience) { audiences in
                    options.issuer = issuer
                    options.audiences = audiences
                    options.audience_count = 1
                    try check(paitify_verifier_new(&options, &made, nil), "making a verifier")
                }
            }
        }
        handle = made!
        try install(jwks, now: now)
    }

    func install(_ jwks: [UInt8], now: Int64) throws {
        try jwks.withBorrowed { try check(paitify_install_jwks(handle, $0, now, nil), "installing") }
    }
}

struct Failure: Error, CustomStringConvertible { let description: String }

func check(_ status: Int32, _ what: String) throws {
    guard status == PAITIFY_OK else {
        throw Failure(description: "\(what): \(String(cString: paitify_status_name(status)))")
    }
}

extension [UInt8] {
    func withBorrowed<Result>(_ body: (paitify_bytes) throws -> Result) rethrows -> Result {
        try withUnsafeBufferPointer { try body(paitify_bytes(data: $0.baseAddress, length: $0.count)) }
    }
}

/// Every case, again and again: its status is always the one that the vectors say.
func verify(_ cases: [Vectors.Case], with verifier: Verifier, rounds: Int) async throws -> Int {
    var result: OpaquePointer?
    try check(paitify_result_new(&result), "making a result")
    defer { paitify_result_free(result) }
    var accepted = 0
    for _ in 0..<rounds {
        for one in cases {
            let status = Array(one.token.utf8).withBorrowed { paitify_verify_token_only(verifier.handle, $0, result) }
            let name = String(cString: paitify_status_name(status))
            guard name == one.status else { throw Failure(description: "\(one.name): \(name), not \(one.status)") }
            if status == PAITIFY_OK { accepted += Int(paitify_result_max_amount(result)) > 0 ? 1 : 0 }
        }
        await Task.yield()
    }
    return accepted
}

protocol Shape: AnyObject { var area: Double { get } }
final class Square: Shape {
    let side: Double; init(_ side: Double) { self.side = side }; var area: Double { side * side }
}
final class Strip: Shape { var area: Double { 1 } }

/// What leans on the runtime: existentials, casts, reflection, closures, strings, dictionaries, errors.
func exercise(rounds: Int) async throws -> Int {
    var total = 0
    for round in 1...rounds {
        let shapes = (1...50).map { side -> any Shape in side.isMultiple(of: 3) ? Strip() : Square(Double(side)) }
        let squares = shapes.compactMap { $0 as? Square }
        let names = Dictionary(grouping: squares) { "\(type(of: $0)) \(Int($0.side) % 7)" }
        let sides = squares.flatMap { Mirror(reflecting: $0).children.map { "\($0.label ?? "?")=\($0.value)" } }
        let text = sides.joined(separator: ", ").uppercased() + String(format: " %05.2f", Double(round))
        total += names.count + (text.contains("SIDE=1.0") ? 1 : 0)
        await Task.yield()
    }
    return total
}

@main
struct Host {
    static func main() async throws {
        let folder = URL(fileURLWithPath: CommandLine.arguments[1])
        let bytes = try Data(contentsOf: folder.appendingPathComponent("tokens.json"))
        let vectors = try JSONDecoder().decode(Vectors.self, from: bytes)
        let document = try JSONSerialization.jsonObject(with: bytes) as? [String: Any]
        let jwks = try [UInt8](JSONSerialization.data(withJSONObject: document?["jwks"] ?? [:]))
        let verifier = try Verifier(issuer: vectors.options.issuer, now: vectors.now, jwks: jwks)
        defer { paitify_verifier_release(verifier.handle) }
        let cases = [
            "an approved charge is valid", "the next key, published before it signs", "a payload in another order",
        ].compactMap { name in vectors.cases.first { $0.name == name } }
        guard cases.count == 3 else { throw Failure(description: "the vectors lack a case that is meant here") }

        let (accepted, exercised) = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
            for _ in 0..<4 { group.addTask { (try await verify(cases, with: verifier, rounds: 200), 0) } }
            for _ in 0..<4 { group.addTask { (0, try await exercise(rounds: 50)) } }
            group.addTask {
                for _ in 0..<100 {
                    try verifier.install(jwks, now: vectors.now)
                    await Task.yield()
                }
                return (0, 0)
            }
            var sum = (0, 0)
            for try await (accepted, exercised) in group { sum = (sum.0 + accepted, sum.1 + exercised) }
            return sum
        }
        guard accepted == 4 * 200 * 3, exercised == 4 * 50 * 8 else {
            throw Failure(description: "\(accepted) tokens accepted, \(exercised) exercises done")
        }
        // The runtime that the program finds is the toolchain's, and the library has none to be found instead.
        let runtime = dlsym(dlopen("libswiftCore.so", RTLD_NOW | RTLD_NOLOAD), "swift_retain")
        guard runtime != nil, dlsym(nil, "swift_retain") == runtime else {
            throw Failure(description: "swift_retain is not the toolchain's")
        }
        if let library = dlopen("libpaitifyverify.so.1", RTLD_NOW | RTLD_NOLOAD), dlsym(library, "swift_retain") != nil
        {
            throw Failure(description: "the library brings a swift_retain")
        }
        print("swift host: \(accepted) tokens accepted, \(exercised) exercises done")
    }
}
