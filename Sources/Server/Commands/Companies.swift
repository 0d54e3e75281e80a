import ArgumentParser
import Issuer

/// `paitify companies`
struct Companies: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Manages the companies that the issuer serves.", subcommands: [Create.self, DefaultAudience.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Creates a company and its first API key, and prints both as JSON.",
            discussion: """
                {"companyId":"co_…","apiKey":"ag_live_…","dashboardURL":"…"}. The key is shown only this once. It has every \
                scope: authorize, read, manage, approve. Works beside a running server.
                """)

        @Option(help: "The company's name.")
        var name: String

        @Flag(help: "Print JSON (the default).")
        var json = false

        func run() async throws {
            try await Failure.reporting {
                try Console.print(await Operator(App.configuration()).perform(.createCompany(name: name)))
            }
        }
    }

    struct DefaultAudience: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "default-audience",
            abstract:
                "Sets which processor a company's tokens are for if a request names none, and prints it as JSON.",
            discussion: """
                {"companyId":"co_…","defaultAudience":"acme-pay"}; null: any, whose tokens say "\(Audience.anyProcessor)". Without \
                a name or --none it only prints. Applies from the next request on. Works beside a running server.
                """)

        @Option(help: "The company's identifier.")
        var company: String

        @Argument(help: "The processor's name in the tokens' aud.")
        var name: String?

        @Flag(help: "Any processor, as initially.")
        var none = false

        @Flag(help: "Print JSON (the default).")
        var json = false

        func validate() throws {
            guard name == nil || !none else { throw ValidationError("Give a name or --none, not both.") }
        }

        func run() async throws {
            try await Failure.reporting {
                if name == "" {
                    throw Failure("a processor's name cannot be empty; use --none to remove the company's")
                }
                let request: OperatorRequest =
                    if let audience = none ? "" : name {
                        .setDefaultAudience(company: company, audience: audience)
                    } else {
                        .companySettings(company: company)
                    }
                try Console.print(await Operator(App.configuration()).perform(request))
            }
        }
    }
}
