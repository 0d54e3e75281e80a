import Testing

@testable import Issuer

@Suite struct PastRequestsTests {
    @Test("every request is read once, in stretches of any length, also those of one instant")
    func stretches() async throws {
        let test = try await TestIssuer()
        let agents = [try await test.agent("A"), try await test.agent("B")]
        try await test.policy(.usd())
        var made: [AuthorizationID] = []
        for number in 0..<30 {
            made.append(try await test.authorize(1, agents[number % 2]).authorization.id)
            if number % 7 == 6 { test.clock.advance(milliseconds: 1) }
        }
        let range = Period(start: Instant(seconds: 0), end: test.clock.now.adding(seconds: 1))
        for limit in [1, 2, 7, 30, 31] {
            for agent in [nil, agents[0]] {
                let expected = agent == nil ? made : made.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
                let (requests, spends) = try await Self.all(in: range, of: agent, limit: limit, test)
                #expect(requests == expected, "limit \(limit)")
                #expect(spends == expected.reversed(), "limit \(limit)")
            }
        }
    }

    private static func all(
        in range: Period, of agent: AgentID?, limit: Int, _ test: TestIssuer
    ) async throws -> (requests: [AuthorizationID], spends: [AuthorizationID]) {
        let (owner, usd) = (test.owner, try CurrencyCode("USD"))
        return try await test.issuer.store.read(for: owner.companyID) { tx in
            let books = Books(
                tx: tx, companyID: owner.companyID, environment: .live, now: range.end, policyVersion: 0)
            var (requests, last): ([AuthorizationID], AuthorizationID?) = ([], nil)
            repeat {
                let stretch = try PastRequests.requests(
                    in: range, of: agent, currency: usd, after: last, limit: limit, in: books)
                requests += stretch.requests.map(\.id)
                last = stretch.last
            } while last != nil
            var (spends, before): ([AuthorizationID], PastRequest?) = ([], nil)
            repeat {
                let stretch = try PastRequests.spends(
                    in: range, askedBefore: range.end, of: agent, currency: usd, before: before, limit: limit,
                    in: books)
                spends += stretch.map(\.id)
                before = stretch.last
            } while before != nil
            return (requests, spends)
        }
    }
}
