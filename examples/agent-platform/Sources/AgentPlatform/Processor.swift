import Foundation

/// The payment processor, as this example reaches it: a program that takes the token on its standard input. In the field
/// it is a request to the processor's API.
struct Processor {
    enum Outcome {
        case charged
        case declined
        /// The processor could not tell; the same token may pass later.
        case tryAgainLater
    }

    /// The program and its first arguments; the charge follows.
    let command: [String]

    func charge(_ spend: Spend, token: String) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command + ["--amount", "\(spend.amount)", "--currency", spend.currency]
        if let merchant = spend.merchant { process.arguments? += ["--merchant", merchant.id] }
        let input = Pipe()
        process.standardInput = input
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data((token + "\n").utf8))
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        return switch process.terminationStatus {
        case 0: .charged
        case 2: .tryAgainLater
        default: .declined
        }
    }
}
