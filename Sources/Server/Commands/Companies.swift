import ArgumentParser
import Issuer

/// `paitify companies`
struct Companies: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Companies that the issuer serves.", subcommands: [Create.self, DefaultAudience.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a company and its first API key, and prints both as JSON.",
            discussion: """
                {"companyId":"co_…","apiKey":"ag_live_…","dashboardURL":"…"}. The key is shown this once. It has every \
                scope: authorize, read, manage, approve. Works beside a running server.
                """)

        @Option(help: "What people call the company.")
        var name: String

        @Flag(help: "Print JSON, as it does without.")
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
                "Says which processor a company's tokens are for where a request names none, and prints it as JSON.",
            discussion: """
                {"companyId":"co_…","defaultAudience":"acme-pay"}; null: any, whose tokens say "\(Audience.anyProcessor)". Without \
                a name and --none it only prints. In force at the next request. Works beside a running server.
                """)

        @Option(help: "The company's identifier.")
        var company: String

        @Argument(help: "What the processor is called in the tokens' aud.")
        var name: String?

        @Flag(help: "Any processor, as at first.")
        var none = false

        @Flag(help: "Print JSON, as it does without.")
        var json = false

        func validate() throws {
            guard name == nil || !none else { throw ValidationError("Give a name or --none, not both.") }
        }

        func run() async throws {
            try await Failure.reporting {
                if name == "" { throw Failure("a processor's name is not empty; --none takes the company's away") }
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
