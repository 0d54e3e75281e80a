import ArgumentParser
import Foundation
import Verifier

/// `paitify conformance`: holds a verifier that somebody else wrote against the contract.
struct Conformance: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Asks another verifier every case of the contract, and prints what it gets wrong, worst first.",
        discussion: """
            The command is run by the shell. It reads one case a line from standard input, as JSON, and writes its status \
            a line to standard output: a name such as PAITIFY_E_SIGNATURE, or its number. docs/contract.md describes the \
            line.

            Exit code 0: every answer is right. 1: not every. 2: the cases could not be asked.
            """)

    @Option(help: "The verifier: a shell command.")
    var command: String

    @Option(help: "The folder of the vectors; otherwise those that came with this program.")
    var vectors: String?

    @Flag(help: "The verifier knows verdicts alone: VALID, REJECTED, INDETERMINATE (or 0, 1, 2).")
    var verdicts = false

    @Option(help: "Seconds that it may take over one case.")
    var timeout = 10

    @Flag(help: "Name every case that it gets wrong, not the first few of each kind.")
    var all = false

    /// Of each pair of expected and answered, where not all are asked for.
    private static let namesShown = 3

    func validate() throws {
        guard (1...3600).contains(timeout) else { throw ValidationError("--timeout takes 1 to 3600 seconds.") }
    }

    func run() async throws {
        try await Failure.reporting {
            let cases = try ConformanceVectors(folder: folder()).cases
            let verifier = OutsideVerifier(command: command, timeout: .seconds(timeout), verdicts: verdicts)
            defer { verifier.finish() }
            var report = ConformanceReport(verdicts: verdicts)
            for row in cases { report.note(row, try verifier.ask(row)) }
            try Console.print(report.text(namesShown: all ? nil : Self.namesShown))
            if report.wrong > 0 { throw ExitCode(1) }
        }
    }

    private func folder() throws(Failure) -> URL {
        if let vectors { return URL(fileURLWithPath: vectors) }
        guard let program = Bundle.main.executableURL, let folder = ConformanceVectors.besideProgram(program) else {
            throw Failure("there are no vectors beside this program; name their folder with --vectors", exitCode: 2)
        }
        return folder
    }
}
