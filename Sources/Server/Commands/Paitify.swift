import ArgumentParser
import Foundation

/// `paitify`, the program.
struct Paitify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "paitify",
        abstract: "Authorizes what AI agents spend, with tokens that processors verify offline.",
        discussion: """
            Every command reads its settings from environment variables, or from a file .env in the working folder \
            (PAITIFY_DATA_DIR, PAITIFY_PORT, PAITIFY_ISSUER and so on).
            """,
        version: Release.version,
        subcommands: [
            Serve.self, Companies.self, Members.self, Keys.self, Audit.self, Check.self, Backup.self,
            Restore.self, Migrate.self, Verify.self, Conformance.self,
        ])
}

@main
enum Program {
    static func main() async {
        await Paitify.main(words)
    }

    /// What was typed after the program's name.
    ///
    /// Swift looks for it below the environment, and finds nothing where a preloaded library (libfaketime) has moved that.
    private static var words: [String] {
        let found = CommandLine.arguments
        guard found.count < 2, let line = FileManager.default.contents(atPath: "/proc/self/cmdline") else {
            return Array(found.dropFirst())
        }
        return line.split(separator: 0, omittingEmptySubsequences: false).dropFirst().dropLast()
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
