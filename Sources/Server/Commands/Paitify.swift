import ArgumentParser

/// `paitify`, the program.
@main
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
