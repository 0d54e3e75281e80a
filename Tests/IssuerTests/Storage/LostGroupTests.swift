import StoreFixtures
import Testing

@testable import Issuer

/// A group that was run and never committed must leave nothing behind, in no issuer's memory either.
@Suite struct LostGroupTests {
    private let first: TestIssuer
    /// Another issuer on the same store, which remembers for itself.
    private let other: Issuer
    private let agent: AgentID

    init() async throws {
        let clock = ManualClock()
        let path = TestStore.isPostgreSQL ? TestStore.schema() : ":memory:"
        first = try await TestIssuer(path: path, clock: clock)
        other =
            TestStore.isPostgreSQL
            ? try await TestIssuer.open(path: path, clock: clock)
            : try await Issuer.open(
                store: first.issuer.store, settings: .test, masterKey: first.issuer.masterKey, clock: clock.clock,
                ids: .random())
        agent = try await first.agent()
        try await first.issuer.store.globalTransaction { tx in
            for sql in [
                "CREATE TABLE parents (n BIGINT PRIMARY KEY)",
                "CREATE TABLE orphans (n BIGINT REFERENCES parents (n) DEFERRABLE INITIALLY DEFERRED)",
            ] {
                try tx.execute(Statement(sql), [])
            }
        }
    }

    /// Has the bodies run in one group, in their order, whose COMMIT the engine refuses. Each has to fail.
    private func inLostGroup(_ bodies: [@Sendable () async throws -> Void]) async throws {
        let store = first.issuer.store
        let company = first.owner.companyID
        let gate = Gate()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await store.transaction(for: company) { _ in _ = gate.pass(0) } }
            await gate.waitForArrivals(1)
            let spoiler: @Sendable () async throws -> Void = {
                try await store.transaction(for: company) { tx in
                    _ = try tx.execute(Statement("INSERT INTO orphans (n) VALUES (1)"), [])
                }
            }
            for (number, body) in ([spoiler] + bodies).enumerated() {
                group.addTask { await #expect(throws: (any Error).self) { try await body() } }
                #expect(await comes { store.waitingCount == number + 1 })
            }
            gate.open()
            try await group.waitForAll()
        }
    }

    private func authorize(_ amount: Int64, at issuer: Issuer) async throws -> Decision {
        try await issuer.authorize(
            AuthorizationRequest(agentID: agent, money: .usd(amount)), as: first.owner, once: nil
        ).result.get().authorization.decision
    }

    @Test func `a policy whose commit failed decides nothing, whoever writes its next version`() async throws {
        let (test, agent) = (first, agent)
        let policy = try await test.policy(.usd([.of(.daily, amount: 1000)]))
        #expect(try await test.authorize(5000, agent).authorization.decision == .denied)
        let lost = try PolicyTerms.usd([.of(.daily, amount: 1_000_000)])
        try await inLostGroup([
            { _ = try await test.issuer.replacePolicy(policy, with: lost, ifVersion: nil, as: test.owner) },
            { _ = try await test.authorize(5000, agent) },
            { _ = try await test.issuer.allPolicies(as: test.owner) },
        ])
        let kept = try PolicyTerms.usd([.of(.daily, amount: 500)])
        let second = try await other.replacePolicy(policy, with: kept, ifVersion: nil, as: test.owner)
        #expect(second.policy.version == 2)
        for issuer in [test.issuer, other] {
            #expect(try await authorize(5000, at: issuer) == .denied)
            #expect(try await issuer.allPolicies(as: test.owner).map(\.terms) == [kept])
        }
        #expect(try await authorize(500, at: test.issuer) == .approved)
        #expect(try await test.issuer.checkBooks().balances)
    }

    @Test func `a policy whose deletion, or whose beginning, never was committed is there, or is not`() async throws {
        let (test, agent) = (first, agent)
        let policy = try await test.policy(.usd([.of(.daily, amount: 1000)]))
        let lost = try PolicyTerms.usd([.of(.daily, amount: 1)])
        try await inLostGroup([
            { try await test.issuer.deletePolicy(policy, as: test.owner) },
            { _ = try await test.policy(lost) },
            { _ = try await test.authorize(5, agent) },
        ])
        for issuer in [test.issuer, other] {
            #expect(try await issuer.allPolicies(as: test.owner).map(\.id) == [policy])
            #expect(try await authorize(500, at: issuer) == .approved)
        }
    }

    @Test func `a version that the database has lost, and given to another since, is read again`() async throws {
        let (test, company) = (first, first.owner.companyID)
        let policy = try await test.policy(.usd([.of(.daily, amount: 1000)]))
        let kept = try await test.issuer.policy(policy, as: test.owner).policy
        let lost = Policy(
            id: policy, version: kept.version, terms: try .usd([.of(.daily, amount: 5)]), createdAt: kept.createdAt,
            updatedAt: kept.updatedAt.adding(seconds: -1))
        let found = try await test.issuer.store.transaction(for: company) { tx in
            try Policies.all(
                in: Books(tx: tx, companyID: company, environment: .live, now: kept.updatedAt, policyVersion: 0),
                known: [lost])
        }
        #expect(found.map(\.terms) == [kept.terms])
    }

    @Test func `a policy that is deleted while the company's are read is skipped`() async throws {
        let (test, company) = (first, first.owner.companyID)
        let ids = [try await test.policy(.usd()), try await test.policy(.usd()), try await test.policy(.usd())]
        let found = try await test.issuer.store.transaction(for: company) { tx in
            func books(_ tx: any StoreTransaction) -> Books {
                Books(tx: tx, companyID: company, environment: .live, now: test.clock.now, policyVersion: 0)
            }
            let known = try Policies.all(in: books(tx), known: []).prefix(1)
            let raced = RacedTransaction(tx) { () throws(StorageError) in
                _ = try Policies.delete(ids[1], in: books(tx))
            }
            return try Policies.all(in: books(raced), known: Array(known)).map(\.id)
        }
        #expect(found == [ids[0], ids[2]])
    }
}

/// After its first statement somebody else's takes place, as it may where nothing is locked.
private final class RacedTransaction: StoreTransaction {
    private let tx: any StoreTransaction
    private var other: (() throws(StorageError) -> Void)?

    init(_ tx: any StoreTransaction, _ other: @escaping () throws(StorageError) -> Void) {
        (self.tx, self.other) = (tx, other)
    }

    var memory: GroupMemory { tx.memory }

    func execute(_ statement: Statement, _ arguments: [SQLValue]) throws(StorageError) -> [Row] {
        let rows = try tx.execute(statement, arguments)
        let other = other
        self.other = nil
        try other?()
        return rows
    }
}
