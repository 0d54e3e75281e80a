import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Testing

@testable import Server

/// The program itself, as a user runs it: processes, sockets, signals.
@Suite(.serialized) struct `The program` {
    @Test func `serves, and its commands work beside it`() async throws {
        try await withProgram { program in
            let first = try program.run("companies", "create", "--name", "Before")
            #expect(first.exitCode == 0)
            let server = try await program.serve()

            let made = try program.run("companies", "create", "--name", "Beside")
            #expect(made.exitCode == 0)
            let company = try JSONDecoder().decode([String: String].self, from: Data(made.output.utf8))
            #expect(company["companyId"]?.hasPrefix("co_") == true)
            #expect(company["dashboardURL"] == "http://localhost:8080/dashboard")
            let agents = try await server.get("/v1/agents", key: company["apiKey"] ?? "")
            #expect(agents.status == .ok)

            let rotated = try program.run("keys", "rotate", "--json")
            #expect(rotated.exitCode == 0)
            let announced = try JSONDecoder().decode([String: String?].self, from: Data(rotated.output.utf8))[
                "announced"]
            let jwks = try await server.get("/.well-known/jwks.json").text
            #expect(jwks.contains(try #require(announced ?? nil)))
            #expect(try program.run("keys", "list").output.split(separator: "\n").count == 3)
            #expect(try program.run("keys", "revoke", "nonsense").exitCode == 1)

            #expect(try server.stop() == 0)
            #expect(server.log.contains(#""message":"listening""#))
            #expect(!server.log.contains(company["apiKey"] ?? ""))
            #expect(!FileManager.default.fileExists(atPath: "\(program.folder)/paitify.sock"))
        }
    }

    @Test func `starts again after it was killed, with everything that was acknowledged`() async throws {
        try await withProgram { program in
            let made = try program.run("companies", "create", "--name", "Acme")
            let key = try JSONDecoder().decode([String: String].self, from: Data(made.output.utf8))["apiKey"] ?? ""
            let first = try await program.serve()
            #expect(try await first.get("/v1/agents", key: key).status == .ok)
            first.kill()
            let second = try await program.serve()
            #expect(try await second.get("/v1/agents", key: key).status == .ok)
            #expect(try program.run("keys", "list").exitCode == 0)
            #expect(try second.stop() == 0)
        }
    }

    @Test func `has the folder to itself`() async throws {
        try await withProgram { program in
            let server = try await program.serve()
            let second = try program.run("serve")
            #expect(second.exitCode == 1)
            #expect(second.errors.contains("another paitify"))
            let mode = try FileManager.default.attributesOfItem(atPath: "\(program.folder)/paitify.sock")[
                .posixPermissions]
            #expect(mode as? Int == 0o600)
            #expect(try server.stop() == 0)
        }
    }

    @Test func `says in one line what is wrong with its configuration`() async throws {
        try await withProgram { program in
            let result = try program.run("serve", variables: ["PAITIFY_PORT": "http"])
            #expect(result.exitCode == 78)
            #expect(
                result.errors
                    == "paitify: PAITIFY_PORT: expected an integer from 0 to 65535; got text of 4 characters\n")
            #expect(try program.run("--version").output == "\(Release.version)\n")
            for command in [[], ["serve"], ["companies", "create"], ["keys", "rotate"], ["verify"]] {
                #expect(try program.run(command + ["--help"]).exitCode == 0)
            }
        }
    }
}

/// The built program and a data folder of its own.
private struct Program {
    let folder: String

    struct Result {
        let exitCode: Int32
        let output: String
        let errors: String
    }

    func run(_ arguments: String..., variables: [String: String] = [:]) throws -> Result {
        try run(arguments, variables: variables)
    }

    func run(_ arguments: [String], variables: [String: String] = [:]) throws -> Result {
        let (output, errors) = (Pipe(), Pipe())
        let process = try start(arguments, variables, output: output, errors: errors)
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        let complaints = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Result(
            exitCode: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
            errors: String(decoding: complaints, as: UTF8.self))
    }

    /// A server that listens: its log has said so.
    func serve() async throws -> RunningServer {
        let errors = Pipe()
        let process = try start(["serve"], [:], output: FileHandle.nullDevice, errors: errors)
        var log = ""
        while !log.contains(#""message":"listening""#) {
            let more = errors.fileHandleForReading.availableData
            guard !more.isEmpty else { throw NotListening(log: log) }
            log += String(decoding: more, as: UTF8.self)
        }
        let address = try String(contentsOfFile: "\(folder)/paitify.url", encoding: .utf8)
        return RunningServer(process: process, errors: errors, started: log, address: String(address.dropLast()))
    }

    struct NotListening: Error { let log: String }

    private func start(
        _ arguments: [String], _ variables: [String: String], output: Any, errors: Pipe
    ) throws -> Process {
        let process = Process()
        // The program is built beside the tests.
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
            .deletingLastPathComponent().appending(path: "paitify")
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.environment = [
            "PAITIFY_DATA_DIR": folder, "PAITIFY_PORT": "0", "PAITIFY_BCRYPT_COST": "4",
        ].merging(variables) { _, own in own }
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        return process
    }
}

private final class RunningServer {
    private let process: Process
    private let errors: Pipe
    private let address: String
    private(set) var log: String

    init(process: Process, errors: Pipe, started log: String, address: String) {
        (self.process, self.errors, self.log, self.address) = (process, errors, log, address)
    }

    struct Answer {
        let status: HTTPResponseStatus
        let text: String
    }

    func get(_ path: String, key: String? = nil) async throws -> Answer {
        var request = HTTPClientRequest(url: address + path)
        if let key { request.headers.add(name: "X-API-Key", value: key) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        return Answer(status: response.status, text: String(buffer: try await response.body.collect(upTo: 1 << 20)))
    }

    /// Asks it to stop and gives its exit code.
    func stop() throws -> Int32 {
        process.terminate()
        log += String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return process.terminationStatus
    }

    func kill() {
        _ = Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}

private func withProgram(_ body: (Program) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "paitify-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await body(Program(folder: folder))
}
