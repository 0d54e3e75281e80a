import Synchronization
import Testing

@testable import Issuer

@Suite struct BudgetsTests {
    /// Tells short looks from long ones, and has the rest done by another.
    private final class ToldApart: Store {
        private let store: any Store
        private let looks = Mutex((short: 0, long: 0))

        var counts: (short: Int, long: Int) { looks.withLock { $0 } }

        init(_ store: any Store) { self.store = store }

        func transaction<Value: Sendable>(
            for company: CompanyID, foreseeing: [Foreseen],
            _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
        ) async throws -> Value { try await store.transaction(for: company, foreseeing: foreseeing, body) }

        func globalTransaction<Value: Sendable>(
            _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
        ) async throws -> Value { try await store.globalTransaction(body) }

        func read<Value: Sendable>(
            for company: CompanyID, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
        ) async throws -> Value {
            looks.withLock { $0.short += 1 }
            return try await store.read(for: company, body)
        }

        func longRead<Value: Sendable>(
            for company: CompanyID, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
        ) async throws -> Value {
            looks.withLock { $0.long += 1 }
            return try await store.longRead(for: company, body)
        }

        func close() async throws { try await store.close() }
    }

    @Test func `that nobody has needed yet are added up where nobody's short look waits for it`() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        let store = ToldApart(test.issuer.store)
        let issuer = Issuer(
            store: store, settings: .test, masterKey: test.issuer.masterKey, keyRing: test.issuer.keyRing,
            clock: test.clock.clock, ids: .random())
        try await test.policy(.usd())
        for _ in 0..<3 { _ = try await test.authorize(10, agent) }
        try await test.policy(.usd([.of(.yearly, amount: 1000), .of(.rolling(seconds: 2_678_400), amount: 1000)]))
        for budgets in [try await issuer.budgets(as: test.owner), try await issuer.budgets(of: agent, as: test.owner)] {
            #expect(budgets.map(\.reserved) == [30, 30])
        }
        #expect(store.counts == (short: 0, long: 2))
    }
}
