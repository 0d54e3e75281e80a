import Foundation

/// An agent platform: authorizes one spend, hands the token to the processor, and confirms or voids.
@main
struct AgentPlatform {
    private static let usage = """
        usage: agent-platform AMOUNT CURRENCY MERCHANT-ID PROCESSOR [ARGUMENT…]
        PAITIFY_URL, PAITIFY_API_KEY and PAITIFY_AGENT say where, with what, and for which agent.
        """

    static func main() async throws {
        let words = CommandLine.arguments
        let environment = ProcessInfo.processInfo.environment
        guard words.count >= 5, let amount = Int64(words[1]),
            let url = environment["PAITIFY_URL"], let key = environment["PAITIFY_API_KEY"],
            let agent = environment["PAITIFY_AGENT"]
        else { return give(up: usage) }

        let issuer = IssuerClient(url: url, apiKey: key)
        let spend = Spend(
            agentId: agent, amount: amount, currency: words[2], merchant: .init(id: words[3]),
            description: "Bought by the example agent platform")
        do {
            try await pay(spend, at: Processor(command: Array(words[4...])), with: issuer)
        } catch let problem as Problem {
            give(up: "The issuer refused the request. \(problem)")
        }
    }

    private static func pay(_ spend: Spend, at processor: Processor, with issuer: IssuerClient) async throws {
        var authorization = try await issuer.authorize(spend)
        if authorization.decision == .pendingApproval {
            authorization = try await waitForApproval(authorization, with: issuer)
        }
        guard authorization.decision == .approved, let token = authorization.token else {
            // Nothing was reserved, so nothing is to be given back. The reasons are for the agent and its people.
            let reasons = authorization.reasons.map { "\($0.code): \($0.message)" }.joined(separator: " ")
            return give(up: "\(authorization.id) is \(authorization.decision.rawValue). \(reasons)")
        }
        say("\(authorization.id) is approved. Handing its token over.")

        switch try processor.charge(spend, token: token) {
        case .charged:
            let confirmed = try await issuer.confirm(authorization.id, amount: spend.amount)
            say("\(confirmed.id) is \(confirmed.status): \(confirmed.confirmedAmount ?? 0) \(spend.currency) spent.")
        case .declined, .tryAgainLater:
            // The budget is free again at once, rather than when the reservation lapses.
            let voided = try await issuer.void(authorization.id)
            give(up: "The processor declined. \(voided.id) is \(voided.status).")
        }
    }

    /// A person decides: `POST /v1/approvals/{id}/approve`. Until then there is no token.
    private static func waitForApproval(
        _ held: Authorization, with issuer: IssuerClient, for limit: Duration = .seconds(600)
    ) async throws -> Authorization {
        say("\(held.id) waits for a person: POST /v1/approvals/\(held.id)/approve, or …/deny.")
        let end = ContinuousClock.now + limit
        var authorization = held
        while authorization.decision == .pendingApproval, ContinuousClock.now < end {
            try await Task.sleep(for: .seconds(1))
            authorization = try await issuer.authorization(held.id)
        }
        return authorization
    }

    /// At once, and not when a buffer is full: the processor writes to the same terminal.
    private static func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    private static func give(up reason: String) {
        FileHandle.standardError.write(Data((reason + "\n").utf8))
        exit(1)
    }
}
