import Testing

@testable import Issuer

@Suite struct ConcurrencyTests {
    @Test("160 authorizations at once against one limit approve exactly as many as fit")
    func exactlyAsManyAsFit() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd([.of(.daily, amount: 1000)]))
        let approved = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<160 {
                group.addTask { try await test.authorize(30, agent).authorization.decision == .approved }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(approved == 33)
        let budget = try await test.budget(agent)
        #expect((budget.reserved, budget.remaining) == (990, 10))
    }

    @Test("of a confirm, a void and another confirm at once, exactly one wins")
    func oneWinner() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd([.of(.allTime, amount: 1_000_000)]))
        for _ in 0..<50 {
            let id = try await test.authorize(100, agent).authorization.id
            async let first = Result { try await test.confirm(id, 10) }
            async let second = Result { try await test.void(id) }
            async let third = Result { try await test.confirm(id, 20) }
            let won = await [first, second, third].compactMap { try? $0.get() }
            #expect(won.count == 1)
        }
        let budget = try await test.budget(agent)
        #expect(budget.reserved == 0)
        let all = try await test.issuer.authorizations(
            AuthorizationFilter(status: .confirmed), page: Page(limit: 200), as: test.owner)
        #expect(budget.confirmed == all.items.reduce(0) { $0 + ($1.confirmedAmount ?? 0) })
    }
}

extension Result where Failure == any Error, Success: Sendable {
    fileprivate init(catching body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
