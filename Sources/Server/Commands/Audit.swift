import ArgumentParser
import Verifier

/// `paitify audit`: the log of every change.
struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The log of every change: who, what, before, after.", subcommands: [Verify.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Checks that no entry of the log was altered, removed or added since it was written.",
            discussion: """
                Prints a line for each chain: the company, the number of intact entries, and the hash of the last. The exit \
                status is 1 if an entry is not intact, and the first such entry is named. Anyone who can write to the \
                database can rewrite a whole chain: keep the hashes elsewhere, and compare. Works beside a running server.
                """)

        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            try await Failure.reporting {
                let answer = try await Operator(App.configuration()).perform(.verifyAudit)
                let root = try JSONDocument.parse(answer, maxDepth: 5).root
                if json { try Console.print(answer) }
                for chain in root["chains"].map({ Array($0.elements) }) ?? [] {
                    let (company, entries) = (chain["companyId"]?.string ?? "", chain["entries"]?.int64 ?? 0)
                    if !json { try Console.print("\(company)  \(entries)  \(chain["hash"]?.string ?? "-")") }
                    if let fault = chain["fault"], let problem = fault["problem"]?.string {
                        Console.complain("paitify: \(company), entry \(fault["sequence"]?.int64 ?? 0): \(problem)")
                    }
                }
                guard root["whole"]?.bool == true else { throw ExitCode.failure }
            }
        }
    }
}
