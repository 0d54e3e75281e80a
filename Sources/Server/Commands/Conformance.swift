import ArgumentParser
import Foundation
import Verifier

/// `paitify conformance`: holds a verifier that somebody else wrote against the contract.
struct Conformance: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Runs every case of the contract against another verifier, and prints what it gets wrong, worst first.",
        discussion: """
            The command is run by the shell. It reads one case per line from standard input, as JSON, and writes one status \
            per line to standard output: a name such as PAITIFY_E_SIGNATURE, or its number. docs/contract.md describes the \
            format.

            Exit code 0: every answer is right. 1: some are wrong. 2: the cases could not be run.
            """)

    @Option(help: "The verifier: a shell command.")
    var command: String

    @Option(help: "The folder of the vectors; by default those installed with this program.")
    var vectors: String?

    @Flag(help: "The verifier only answers verdicts: VALID, REJECTED, INDETERMINATE (or 0, 1, 2).")
    var verdicts = false

    @Option(help: "Seconds that it may take for one case.")
    var timeout = 10

    @Flag(help: "Name every case that it gets wrong, not only the first few of each kind.")
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
            throw Failure("no vectors are installed with this program; name their folder with --vectors", exitCode: 2)
        }
        return folder
    }
}
