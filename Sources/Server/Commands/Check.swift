import ArgumentParser
import Verifier

/// `paitify check`: whether the books balance.
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Recounts the books, and names every counter that is not the sum of its authorizations.",
        discussion: """
            Changes nothing, and works beside a running server without delaying it. The exit code is 0 if every counter \
            is correct, and 1 if one is not.
            """)

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        try await Failure.reporting {
            let answer = try await Operator(App.configuration()).perform(.checkBooks)
            let report = try JSONDocument.parse(answer, maxDepth: 8).root
            if json {
                try Console.print(answer)
            } else {
                try Self.tell(report)
            }
            guard report["balances"]?.bool == true else { throw ExitCode.failure }
        }
    }

    private static func tell(_ report: JSONValue) throws {
        func number(_ name: StaticString, of value: JSONValue) -> Int64 { value[name]?.int64 ?? 0 }
        for difference in report["differences"].map({ Array($0.elements) }) ?? [] {
            func text(_ name: StaticString) -> String { difference[name]?.string ?? "" }
            try Console.print(
                """
                \(text("companyId")) \(text("environment")) \(text("currency")) \(text("subject")) \
                \(text("periodStart")) to \(text("periodEnd")): the counter has \(number("counted", of: difference)) in \
                \(number("countedAuthorizations", of: difference)) authorizations, and their sum is \
                \(number("summed", of: difference)) in \(number("summedAuthorizations", of: difference))
                """)
        }
        try Console.print(
            """
            \(number("companies", of: report)) companies, \(number("authorizations", of: report)) authorizations, \
            \(number("counters", of: report)) counters: \(number("differenceCount", of: report)) do not balance
            """)
    }
}
