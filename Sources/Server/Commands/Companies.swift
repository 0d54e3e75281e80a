import ArgumentParser

/// `paitify companies`
struct Companies: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Companies that the issuer serves.", subcommands: [Create.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a company and its first API key, and prints both as JSON.",
            discussion: """
                {"companyId":"co_…","apiKey":"ag_live_…","dashboardURL":"…"}. The key is shown this once. It has every \
                scope: authorize, read, manage, approve. Works beside a running server.
                """)

        @Option(help: "What people call the company.")
        var name: String

        func run() async throws {
            try await Failure.reporting {
                try Console.print(await Operator(App.configuration()).perform(.createCompany(name: name)))
            }
        }
    }
}
