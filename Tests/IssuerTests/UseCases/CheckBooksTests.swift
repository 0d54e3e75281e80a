import Testing

@testable import Issuer

@Suite struct `Recounting the books` {
    @Test func `recounting finds a counter that is wrong, and which`() async throws {
        let test = try await TestIssuer()
        let agents = [try await test.agent("A"), try await test.agent("B")]
        try await test.policy(.usd([.of(.daily, amount: 10_000)]))
        for agent in agents {
            try await test.policy(.usd([.of(.daily, amount: 1000), .of(.allTime, amount: 5000)], agent: agent))
            let id = try await test.authorize(300, agent).authorization.id
            _ = try await test.confirm(id, 200)
            _ = try await test.authorize(50, agent)
        }
        let balanced = try await test.issuer.checkBooks()
        #expect(balanced.balances && balanced.differences.isEmpty)
        #expect((balanced.companyCount, balanced.authorizationCount, balanced.counterCount) == (1, 4, 5))

        let spoil = Statement("UPDATE counters SET confirmed_amount = confirmed_amount + 7 WHERE subject = $1")
        let subject = SQLValue(agents[1])
        try await test.issuer.store.globalTransaction { _ = try $0.execute(spoil, [subject]) }
        let spoiled = try await test.issuer.checkBooks()
        #expect(!spoiled.balances)
        #expect(spoiled.differences.map(\.subject) == [agents[1].text, agents[1].text])
        #expect(spoiled.differences.map(\.counted) == [257, 257])
        #expect(spoiled.differences.map(\.summed) == [250, 250])
    }

    @Test func `beside decisions the books balance whenever they are recounted`() async throws {
        try await withTemporaryFolder { folder in
            let test = try await TestIssuer(path: "\(folder)/books")
            let agent = try await test.agent()
            try await test.policy(
                .usd([.of(.daily, amount: 1_000_000), .of(.rolling(seconds: 60), amount: 1_000_000)]))
            async let decisions: Void = withThrowingTaskGroup(of: Void.self) { group in
                for number: Int64 in 1...120 {
                    group.addTask {
                        let id = try await test.authorize(10 + number, agent).authorization.id
                        _ = try await number % 2 == 0 ? test.confirm(id, number) : test.void(id)
                    }
                }
                try await group.waitForAll()
            }
            for _ in 0..<20 {
                let report = try await test.issuer.checkBooks()
                #expect(report.balances, "\(report)")
            }
            try await decisions
            #expect(try await test.issuer.checkBooks().authorizationCount == 120)
            try await test.issuer.close()
        }
    }

    @Test func `a company without counters balances`() async throws {
        let test = try await TestIssuer()
        let report = try await test.issuer.checkBooks()
        #expect(report.balances && report.companyCount == 1 && report.counterCount == 0)
    }
}
