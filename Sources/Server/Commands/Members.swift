import ArgumentParser
import Issuer

/// `paitify members`: ways in for people, from the issuer's machine.
struct Members: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Gives people access to the dashboard. Works beside a running server.",
        subcommands: [Invite.self, ResetPassword.self])

    struct Invite: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Creates a link with which one person joins a company, and prints it as JSON.",
            discussion: """
                {"companyId":"co_…","role":"owner","url":"…","expiresAt":"…"}. The link is shown only this once, works \
                once, and expires in a week. The first owner joins a company made by `paitify companies create` this way.
                """)

        @Option(help: "The company's identifier.")
        var company: String

        @Option(help: "The person's role: viewer, approver, admin or owner.")
        var role = Role.owner.rawValue

        @Flag(help: "Print JSON (the default).")
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
            abstract:
                "Creates a link with which a person who forgot their password sets a new one, and prints it as JSON.",
            discussion: """
                {"userId":"usr_…","url":"…","expiresAt":"…"}. The link is shown only this once, works once, and \
                expires in a day. Using it ends all of that person's sessions. Owners can do the same for members on the \
                Members page; this is for people who have no owner to ask.
                """)

        @Option(help: "The email address that the person signs in with.")
        var email: String

        @Flag(help: "Print JSON (the default).")
        var json = false

        func run() async throws {
            try await Failure.reporting {
                try Console.print(await Operator(App.configuration()).perform(.resetPassword(email: email)))
            }
        }
    }
}
