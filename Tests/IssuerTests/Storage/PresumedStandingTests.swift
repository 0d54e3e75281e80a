import StoreFixtures
import Testing

@testable import Issuer

/// A group of a company that only this issuer has written of late presumes that the company stands as it was left. Each test
/// lets one issuer come to that, has another one change something, and looks at what the first makes of it.
@Suite(.enabled(if: TestStore.isPostgreSQL))
struct PresumedStandingTests {
    let clock = ManualClock()
    let schema = TestStore.schema()
    let calm, other: Issuer
    let owner: Principal
    let agent: AgentID
    let policy: PolicyID

    init() async throws {
        func open(_ clock: ManualClock, _ schema: String) async throws -> Issuer {
            try await Issuer.open(
                store: try await TestStore.openPostgreSQL(schema), settings: .test,
                masterKey: MasterKey(text: String(repeating: "5a", count: 32)), clock: clock.clock, ids: .random())
        }
        calm = try await open(clock, schema)
        other = try await open(clock, schema)
        owner = try await calm.authenticate(apiKey: try await calm.createCompany(name: Name("Acme")).apiKey)
        agent = try await calm.createAgent(AgentDraft(name: Name("Buyer")), as: owner, once: nil).result.get().id
        policy = try await calm.createPolicy(.usd([.of(.allTime, amount: 500)]), as: owner, once: nil).result.get().id
        try await calmDown()
    }

    /// Ten at a time, until the next group would ask for nothing.
    private func calmDown() async throws {
        for _ in 0...Standings.calmMin { #expect(try await authorize(10, at: calm).decision == .approved) }
        #expect(try await presumes())
    }

    private func presumes() async throws -> Bool {
        try await calm.store.transaction(for: owner.companyID) { $0.memory.presumed != nil }
    }

    private func authorize(_ amount: Int64, at issuer: Issuer, once: OnceOnly? = nil) async throws -> Authorization {
        try await issuer.authorize(
            AuthorizationRequest(agentID: agent, money: .usd(amount)), as: owner, once: once
        ).result.get().authorization
    }

    @Test("what another issuer has spent counts, and nothing is presumed after that")
    func spent() async throws {
        #expect(try await authorize(400, at: other).decision == .approved)
        #expect(try await authorize(100, at: calm).decision == .denied)
        #expect(try await !presumes())
        for _ in 0...Standings.calmMin { _ = try await authorize(1, at: calm) }
        #expect(try await !presumes())
        #expect(try await calm.budget(of: agent, as: owner).budgets.first?.reserved == 444)
        #expect(try await other.checkBooks().balances)
    }

    @Test("two that take turns on one limit never pass it")
    func turns() async throws {
        var approved = 0
        for number in 0..<60 where try await authorize(10, at: number % 5 == 4 ? other : calm).decision == .approved {
            approved += 1
        }
        #expect(approved == 50 - (Standings.calmMin + 1))
        #expect(try await other.checkBooks().balances)
    }

    @Test("an agent that another issuer has suspended or deleted spends nothing")
    func agentChanged() async throws {
        _ = try await other.updateAgent(agent, AgentChange(status: .suspended), as: owner)
        #expect(try await authorize(10, at: calm).decision == .denied)
        try await other.deleteAgent(agent, as: owner)
        await #expect(throws: IssuerError.self) { try await authorize(10, at: calm) }
    }

    @Test("a policy that another issuer has changed decides")
    func policyChanged() async throws {
        _ = try await other.replacePolicy(policy, with: .usd([.of(.allTime, amount: 45)]), ifVersion: nil, as: owner)
        #expect(try await authorize(10, at: calm).decision == .denied)
        #expect(try await authorize(5, at: calm).decision == .approved)
    }

    @Test("an API key that another issuer has revoked opens nothing")
    func keyRevoked() async throws {
        let made = try await other.createAPIKey(
            APIKeyDraft(name: Name("Key"), scopes: [.authorize]), as: owner, once: nil
        ).result.get()
        let principal = try await calm.authenticate(apiKey: made.secret)
        let request = try AuthorizationRequest(agentID: agent, money: .usd(1))
        for _ in 0...100 { _ = try await authorize(1, at: calm) }
        _ = try await calm.authorize(request, as: principal, once: nil).result.get()
        try await calmDown()
        try await other.revokeAPIKey(made.key.id, as: owner)
        await #expect(throws: IssuerError.unauthenticated) {
            try await calm.authorize(request, as: principal, once: nil)
        }
    }

    @Test("after another issuer has rotated the keys, the next decision is signed with the new one")
    func rotated() async throws {
        let report = try await other.rotateSigningKey()
        #expect(try await authorize(10, at: calm).claims?.kid == report.signing)
    }

    @Test("what another issuer has confirmed or voided is found so, and counts so")
    func resolved() async throws {
        let (first, second) = (try await authorize(10, at: calm), try await authorize(20, at: calm))
        let confirmed = try await other.confirm(first.id, amount: 5, as: owner, once: nil).result.get().authorization
        let voided = try await other.void(second.id, as: owner, once: nil).result.get().authorization
        #expect(confirmed.status == .confirmed && voided.status == .voided)
        await #expect(throws: IssuerError.self) {
            try await calm.void(first.id, as: owner, once: nil).result.get()
        }
        let budget = try await calm.budget(of: agent, as: owner).budgets.first
        #expect(budget?.reserved == 40 && budget?.confirmed == 5)
        #expect(try await authorize(456, at: calm).decision == .denied)
        #expect(try await authorize(455, at: calm).decision == .approved)
    }

    @Test("a limit that another issuer has opened a counter for is raised with it")
    func counterOpened() async throws {
        let terms = try PolicyTerms.usd([.of(.allTime, amount: 500), .of(.monthly, amount: 500)])
        _ = try await other.replacePolicy(policy, with: terms, ifVersion: nil, as: owner)
        #expect(try await authorize(10, at: other).decision == .approved)
        #expect(try await authorize(10, at: calm).decision == .approved)
        #expect(try await other.budget(of: agent, as: owner).budgets.map(\.reserved) == [60, 60])
        #expect(try await other.checkBooks().balances)
    }

    @Test("what was answered under a key at another issuer is answered again")
    func answeredElsewhere() async throws {
        let there = try await authorize(10, at: other, once: .test("k"))
        #expect(try await authorize(10, at: calm, once: .test("k")).id == there.id)
        for _ in 0...110 { _ = try await authorize(1, at: calm) }
        #expect(try await presumes())
        #expect(try await authorize(10, at: calm, once: .test("k")).id == there.id)
        #expect(try await other.checkBooks().balances)
    }

    @Test("what is due lapses first, and counts no more")
    func lapsed() async throws {
        clock.advance(seconds: 900 + 3600)
        #expect(try await authorize(500, at: calm).decision == .approved)
        #expect(try await other.checkBooks().balances)
    }

    @Test("a group whose commit was lost with its connection is run again only where it is not there")
    func lostCommits() async throws {
        let cut = Statement(
            "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '\(schema)'")
        let administrator = try await TestStore.administrator.value
        let (before, clients) = (try await calm.budget(of: agent, as: owner).budgets[0].reserved, 4)
        // Without a key nobody can tell an answer that is given twice: what was done twice would be found in the sum.
        let (acknowledged, unknown) = try await withThrowingTaskGroup(of: (Int64, Int64).self) { group in
            for _ in 0..<clients {
                group.addTask {
                    var (acknowledged, unknown): (Int64, Int64) = (0, 0)
                    while acknowledged < 40 {
                        do {
                            guard try await authorize(1, at: calm).decision == .approved else { break }
                            acknowledged += 1
                        } catch IssuerError.storage(.commitUnknown) {
                            unknown += 1
                        } catch IssuerError.storage(.unavailable) {}
                    }
                    return (acknowledged, unknown)
                }
            }
            for _ in 0..<10 { _ = try await administrator.globalTransaction { try $0.execute(cut, []).count } }
            return try await group.reduce((0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }
        }
        let reserved = try await other.budget(of: agent, as: owner).budgets[0].reserved - before
        #expect((acknowledged...(acknowledged + unknown)).contains(reserved), "\(acknowledged) \(unknown) \(reserved)")
        #expect(try await other.checkBooks().balances)
    }
}
