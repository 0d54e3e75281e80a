import ArgumentParser
import Verifier

/// `paitify keys`: the keys that sign tokens (not the API keys).
struct Keys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Manages the keys that sign tokens. Works beside a running server, and takes effect at once.",
        subcommands: [List.self, Rotate.self, Revoke.self, Replace.self, Reseal.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the signing keys and their states: announced, signing, retired, revoked.")

        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            try await Failure.reporting {
                let answer = try await Operator(App.configuration()).perform(.listSigningKeys)
                guard !json else { return try Console.print(answer) }
                let keys = try JSONDocument.parse(answer, maxDepth: 4).root["data"]
                for key in keys.map({ Array($0.elements) }) ?? [] {
                    let since = key["retiredAt"]?.string ?? key["signingSince"]?.string ?? key["announcedAt"]?.string
                    let state = (key["state"]?.string ?? "").padded(to: 10)
                    try Console.print(
                        "\(key["kid"]?.string ?? "")  \(state)\(key["algorithm"]?.string ?? "")  \(since ?? "")")
                }
            }
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Starts signing with the announced key, and announces another.",
            discussion: "Tokens signed before remain valid. Processors that refresh their keys are not affected.")

        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            try await Failure.reporting {
                try Keys.report(try await Operator(App.configuration()).perform(.rotateSigningKey), json: json)
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes a leaked key from the key set at once.",
            discussion: "Once a processor has refreshed its keys, it refuses every token that the key signed.")

        @Argument(help: "The key's kid, as `paitify keys list` shows it.")
        var kid: String

        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            try await Failure.reporting {
                try Keys.report(
                    try await Operator(App.configuration()).perform(.revokeSigningKey(kid: kid)), json: json)
            }
        }
    }

    /// Prints how the keys stand after a change.
    private static func report(_ answer: [UInt8], json: Bool) throws {
        let root = try JSONDocument.parse(answer, maxDepth: 4).root
        if json {
            try Console.print(answer)
        } else {
            try Console.print("signing    \(root["signing"]?.string ?? "")")
            try Console.print("announced  \(root["announced"]?.string ?? "")")
            if let retired = root["retired"]?.string { try Console.print("retired    \(retired)") }
        }
        if let warning = root["warning"]?.string { Console.complain("paitify: warning: \(warning)") }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - count))
    }
}
