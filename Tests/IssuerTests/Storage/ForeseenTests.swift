import Dispatch
import StoreFixtures
import Testing

@testable import Issuer

/// What the transactions of a group will ask for is read before the first of them runs: it must not be past when it is used.
@Suite struct ForeseenTests {
    let test: TestIssuer
    let agent: AgentID

    init() async throws {
        test = try await TestIssuer()
        agent = try await test.agent()
        try await test.policy(.usd([.of(.allTime, amount: 1000)]))
    }

    /// Holds the company's lane until all of `requests` wait there, so that they are one group, in this order.
    private func together<Value: Sendable>(
        _ requests: [@Sendable () async throws -> Value]
    ) async throws -> [Result<Value, any Error>] {
        let (reached, go) = (AsyncStream.makeStream(of: Void.self), DispatchSemaphore(value: 0))
        let store = test.issuer.store
        let company = test.owner.companyID
        let holding = Task {
            try await store.transaction(for: company) { _ in
                reached.continuation.yield()
                go.wait()
            }
        }
        for await _ in reached.stream { break }
        var tasks: [Task<Value, any Error>] = []
        for request in requests {
            tasks.append(Task { try await request() })
            let count = tasks.count
            #expect(await comes { store.waitingCount >= count })
        }
        go.signal()
        try await holding.value
        var results: [Result<Value, any Error>] = []
        for task in tasks { results.append(await task.result) }
        return results
    }

    @Test func `what is foreseen is found with the lock, taken once, and forgotten when it is changed`() async throws {
        let reserved = try await test.authorize(100, agent).authorization
        _ = try await test.authorize(100, agent, once: .test("known"))
        let (company, now) = (test.owner.companyID, test.clock.clock.now())
        let subjects: [Foreseen.Subject] = [
            .spend(agent, reserved.money.currency), .answer(try IdempotencyKey("known"), for: nil),
            .answer(try IdempotencyKey("new"), for: nil),
            .authorization(reserved.id),
        ]
        try await test.issuer.store.transaction(for: company) { [agent] tx in
            let books = Books(tx: tx, companyID: company, environment: .live, now: now, policyVersion: 0)
            tx.memory[company].foreseen = subjects.map { Foreseen(environment: .live, subject: $0) }
            _ = try Companies.lock(company, at: now, in: tx)
            #expect(Agents.knownStatus(of: agent, in: books) == .active)
            #expect(tx.memory[company].sheets.count == 2)
            #expect(tx.memory[company].found.count == 3)
            #expect(try IdempotencyKeys.find(IdempotencyKey("known"), in: books).own != nil)
            #expect(try IdempotencyKeys.find(IdempotencyKey("new"), in: books).own == nil)
            try Authorizations.update(reserved, in: books.switched(to: .test))
            #expect(tx.memory[company].found.isEmpty)
        }
        #expect(try await test.issuer.checkBooks().balances)
    }

    @Test func `a key that comes twice in one group takes effect once`() async throws {
        let request = { @Sendable [test, agent] in
            try await test.authorize(100, agent, once: .test("k")).authorization.id
        }
        let ids = try await together([request, request, request]).map { try $0.get() }
        #expect(Set(ids).count == 1)
        #expect(try await test.budget(agent).reserved == 100)
    }

    @Test func `a key of the company's and then of an agent's, in one group, takes effect once`() async throws {
        let bound = try await test.key([.authorize], agent: agent)
        let ids = try await together(
            [test.owner, bound, bound].map { principal in
                { @Sendable [test, agent] in
                    try await test.authorize(100, agent, as: principal, once: .test("k")).authorization.id
                }
            }
        ).map { try $0.get() }
        #expect(Set(ids).count == 1)
        #expect(try await test.budget(agent).reserved == 100)
    }

    @Test func `a confirmation and a void of one authorization in one group: the first counts`() async throws {
        let id = try await test.authorize(100, agent).authorization.id
        let results = try await together([
            { @Sendable [test] in try await test.confirm(id, 60).status },
            { @Sendable [test] in try await test.void(id).status },
            { @Sendable [test] in try await test.confirm(id, 60).status },
        ])
        #expect(try results[0].get() == .confirmed && results[2].get() == .confirmed)
        #expect(throws: IssuerError.self) { try results[1].get() }
        #expect(try await test.budget(agent).confirmed == 60)
        #expect(try await test.issuer.checkBooks().balances)
    }

    @Test func `what lapses in a group is confirmed late by those that follow in it`() async throws {
        let id = try await test.authorize(100, agent).authorization.id
        test.clock.advance(seconds: 900 + 3600)
        let results = try await together([
            { @Sendable [test, agent] in try await test.authorize(1, agent).authorization },
            { @Sendable [test] in try await test.confirm(id) },
        ])
        #expect(try results[1].get().late)
        #expect(try await test.budget(agent).confirmed == 100)
        #expect(try await test.issuer.checkBooks().balances)
    }

    @Test func `a group of more agents than one flush asks for decides for each`() async throws {
        var agents: [AgentID] = []
        for number in 0..<60 { agents.append(try await test.agent("Buyer \(number)")) }
        let results = try await together(
            agents.map { agent in
                { @Sendable [test] in
                    try await test.authorize(20, agent, once: .test(agent.text)).authorization.decision
                }
            })
        #expect(try results.map { try $0.get() }.count { $0 == .approved } == 50)
        #expect(try await test.issuer.checkBooks().balances)
    }
}
