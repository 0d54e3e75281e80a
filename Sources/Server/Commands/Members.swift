import ArgumentParser
import Issuer

/// `paitify members`: ways in for people, from the issuer's machine.
struct Members: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ways into the dashboard, for whom nobody else can let in. Works beside a running server.",
        subcommands: [Invite.self, ResetPassword.self])

    struct Invite: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a link with which one person joins a company, and prints it as JSON.",
            discussion: """
                {"companyId":"co_…","role":"owner","url":"…","expiresAt":"…"}. The link is shown this once, works once, and \
                for a week. It is how the first owner gets into a company that `paitify companies create` has made.
                """)

        @Option(help: "The company's identifier.")
        var company: String

        @Option(help: "What the person may do: viewer, approver, admin or owner.")
        var role = Role.owner.rawValue

        @Flag(help: "Print JSON, as it does without.")
        var json = false

        func run() async throws {
            try await Failure.reporting {
                try Console.print(
                    await Operator(App.configuration()).perform(.invite(company: company, role: role)))
            }
        }
    }

    struct ResetPassword: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reset-password",
            abstract: "Makes a link with which somebody who forgot their password sets another, and prints it as JSON.",
            discussion: """
                {"userId":"usr_…","url":"…","expiresAt":"…"}. The link is shown this once, works once, and for a day. When it \
                is used, every session of that person's ends. An owner does the same for a member on the page Members; this is \
                for who has no owner to ask.
                """)

        @Option(help: "The address that the person signs in with.")
        var email: String

        @Flag(help: "Print JSON, as it does without.")
        var json = false

        func run() async throws {
            try await Failure.reporting {
                try Console.print(await Operator(App.configuration()).perform(.resetPassword(email: email)))
            }
        }
    }
}
