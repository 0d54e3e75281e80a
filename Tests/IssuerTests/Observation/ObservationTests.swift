import Dispatch
import Foundation
import StoreFixtures
import Synchronization
import Testing

@testable import Issuer

/// Remembers what it is told, in order.
private final class Witness: Observer {
    private let events = Mutex<[String]>([])

    func decided(_ authorization: Authorization) {
        let reasons = authorization.reasons.map(\.code.rawValue)
        note("decided \(([authorization.decision.rawValue] + reasons).joined(separator: " "))")
    }

    func resolved(_ authorization: Authorization) {
        note("resolved \(authorization.status.rawValue)\(authorization.late ? " late" : "")")
    }

    func spent(_ nanoseconds: Int64, in stage: Stage, requests: Int) {
        note("\(requests) in \(stage.rawValue) \(nanoseconds)")
    }

    func committed(transactions: Int, nanoseconds: Int64, succeeded: Bool) {
        note("\(succeeded ? "committed" : "failed") \(transactions) \(nanoseconds)")
    }

    func checkedAPIKey(_ check: APIKeyCheck) {
        note("key \(check.rawValue)")
    }

    func met(_ event: DatabaseEvent) {
        note("met \(event)")
    }

    private func note(_ event: String) {
        events.withLock { $0.append(event) }
    }

    /// What it was told during `action` of `words`.
    func told(_ words: String..., by action: () async throws -> Void) async rethrows -> [String] {
        events.withLock { $0.removeAll() }
        try await action()
        return events.withLock(\.self).filter { event in words.contains { event.hasPrefix($0) } }
    }
}

/// 1, 2, 3, …
private final class Ticks: Sendable {
    private let last = Atomic<Int64>(0)

    func next() -> Int64 { last.add(1, ordering: .relaxed).newValue }
}

/// An issuer whose every reading of the clock is a nanosecond later than the one before.
private struct WatchedIssuer {
    let witness = Witness()
    let clock = ManualClock()
    let store: any Store
    let issuer: Issuer
    let owner: Principal
    let key: String
    let agent: AgentID

    init() async throws {
        let ticks = Ticks()
        let observation = Observation(witness) { ticks.next() }
        store = try await TestStore.open(observation: observation)
        issuer = try await Issuer.open(
            store: store, settings: .test, masterKey: MasterKey(text: String(repeating: "5a", count: 32)),
            clock: clock.clock, ids: .random(), observation: observation)
        key = try await issuer.createCompany(name: Name("Acme")).apiKey
        owner = try await issuer.authenticate(apiKey: key)
        agent = try await issuer.createAgent(AgentDraft(name: Name("Buyer")), as: owner, once: nil).result.get().id
        _ = try await issuer.createPolicy(
            .usd([.of(.allTime, amount: 1000)], approvalAbove: 500), as: owner, once: nil)
    }

    func authorize(_ amount: Int64, once: OnceOnly? = nil) async throws -> Authorization {
        let request = try AuthorizationRequest(agentID: agent, money: .usd(amount))
        return try await issuer.authorize(request, as: owner, once: once).result.get().authorization
    }
}

@Suite struct `Whoever watches the issuer is told` {
    @Test func `of each decision, once, with its reasons`() async throws {
        let test = try await WatchedIssuer()
        let told = try await test.witness.told("decided", "resolved") {
            _ = try await test.authorize(100, once: .test("a"))
            _ = try await test.authorize(100, once: .test("a"))
            _ = try await test.authorize(1001)
            _ = try await test.authorize(600)
            _ = try await test.issuer.dryRun(
                AuthorizationRequest(agentID: test.agent, money: .usd(1)), as: test.owner)
            _ = try? await test.issuer.authorize(
                AuthorizationRequest(agentID: AgentID("agt_00000000000000000000000000")!, money: .usd(1)),
                as: test.owner, once: nil)
        }
        #expect(
            told == [
                "decided APPROVED", "decided DENIED ALL_TIME_LIMIT_EXCEEDED",
                "decided PENDING_APPROVAL APPROVAL_REQUIRED",
            ])
    }

    @Test func `of what becomes of reservations, also where time alone ends them`() async throws {
        let test = try await WatchedIssuer()
        let told = try await test.witness.told("decided", "resolved") {
            let first = try await test.authorize(10)
            _ = try await test.issuer.confirm(first.id, amount: 5, as: test.owner, once: nil)
            _ = try await test.issuer.confirm(first.id, amount: 5, as: test.owner, once: nil)
            let second = try await test.authorize(10)
            _ = try await test.issuer.void(second.id, as: test.owner, once: nil)
            let third = try await test.authorize(10)
            test.clock.advance(seconds: 900 + 3600)
            try await Sweeper(test.issuer).sweep()
            _ = try await test.issuer.confirm(third.id, amount: nil, as: test.owner, once: nil)
        }
        #expect(
            told == [
                "decided APPROVED", "resolved CONFIRMED", "decided APPROVED", "resolved VOIDED", "decided APPROVED",
                "resolved EXPIRED", "resolved CONFIRMED late",
            ])
    }

    @Test(.enabled(if: !TestStore.isPostgreSQL, "one lane for all, which a transaction can hold up, is SQLite's"))
    func `once of what changed, however often its transaction had to begin again`() async throws {
        let test = try await WatchedIssuer()
        for _ in 0..<3 { _ = try await test.authorize(10) }
        test.clock.advance(seconds: 900 + 3600)
        let told = try await test.witness.told("decided", "resolved") {
            // A group of two: what waits behind another. The second fails after it has written, so both are undone and run again.
            let (reached, go) = (AsyncStream.makeStream(of: Void.self), DispatchSemaphore(value: 0))
            let first = Task {
                try await test.store.globalTransaction { _ in
                    reached.continuation.yield()
                    go.wait()
                }
            }
            for await _ in reached.stream { break }
            let budget = Task { try await test.issuer.budget(of: test.agent, as: test.owner) }
            #expect(await comes { test.store.waitingCount >= 1 })
            let company = test.owner.companyID
            let failed = Task {
                try await test.store.transaction(for: company) { tx in
                    try Companies.keysChanged(company, version: 1, in: tx)
                    throw StorageError.unavailable("a fault")
                }
            }
            #expect(await comes { test.store.waitingCount >= 2 })
            go.signal()
            try await first.value
            _ = try await budget.value
            await #expect(throws: StorageError.self) { try await failed.value }
        }
        #expect(told == Array(repeating: "resolved EXPIRED", count: 3))
    }

    @Test func `of what people decide, and of what nobody decided in time`() async throws {
        let test = try await WatchedIssuer()
        let told = try await test.witness.told("decided", "resolved") {
            let first = try await test.authorize(600)
            _ = try await test.issuer.denyApproval(first.id, note: nil, as: test.owner, once: nil)
            _ = try await test.authorize(700)
            test.clock.advance(seconds: 86_400)
            try await Sweeper(test.issuer).sweep()
        }
        #expect(
            told == [
                "decided PENDING_APPROVAL APPROVAL_REQUIRED", "decided DENIED APPROVAL_DENIED",
                "decided PENDING_APPROVAL APPROVAL_REQUIRED", "decided DENIED APPROVAL_EXPIRED",
            ])
    }

    @Test func `where a request's time went, by the clock that was passed in`() async throws {
        let test = try await WatchedIssuer()
        let told = try await test.witness.told("1 in", "committed", "failed") { _ = try await test.authorize(100) }
        // Each reading is one more: when it came, when it was taken up, when it had run, when it was on disk; then two
        // for the signature.
        #expect(told == ["1 in lane 1", "1 in transaction 1", "1 in commit 1", "committed 1 2", "1 in sign 1"])
    }

    @Test(.enabled(if: !TestStore.isPostgreSQL, "what it does at the commit is SQLite's"))
    func `of transactions that could not be committed`() async throws {
        let test = try await WatchedIssuer()
        let told = await test.witness.told("committed", "failed", "decided") {
            _ = try? await test.store.globalTransaction { tx in
                // What SQLite checks at the commit alone.
                _ = try tx.execute(Statement("PRAGMA defer_foreign_keys = ON"), [])
                _ = try tx.execute(
                    Statement("INSERT INTO audit_heads (company_id, sequence, hash) VALUES ('nobody', 1, 'x')"), [])
            }
        }
        #expect(told == ["failed 1 2"])
    }

    @Test func `of each API key that is checked`() async throws {
        let test = try await WatchedIssuer()
        let draft = APIKeyDraft(name: try Name("Key"), scopes: [.read])
        let made = try await test.issuer.createAPIKey(draft, as: test.owner, once: nil).result.get()
        let told = try await test.witness.told("key") {
            _ = try await test.issuer.authenticate(apiKey: made.secret)
            _ = try await test.issuer.authenticate(apiKey: made.secret)
            _ = try test.issuer.remembered(apiKey: made.secret)
            for wrong in [
                "ag_live_nonsense", String(made.secret.dropLast()) + (made.secret.hasSuffix("A") ? "B" : "A"),
            ] {
                _ = try? await test.issuer.authenticate(apiKey: wrong)
                _ = try test.issuer.remembered(apiKey: wrong)
            }
        }
        #expect(told == ["key verified", "key remembered", "key remembered", "key wrong", "key wrong"])
    }
}

@Suite struct `How the issuer stands` {
    @Test func `is told with what is open, which keys there are, and when they change`() async throws {
        let test = try await WatchedIssuer()
        _ = try await test.authorize(100)
        _ = try await test.authorize(100)
        _ = try await test.authorize(600)
        let start = test.clock.now
        test.clock.advance(seconds: 60)
        let standing = await test.issuer.standing()
        #expect(standing.open == OpenAuthorizations(pending: 2, held: 1))
        #expect(standing.laneWaiting == 0 && standing.bcryptWaiting == 0)
        #expect(
            standing.signingKeys.map(\.state) == [.signing, .announced]
                || standing.signingKeys.map(\.state) == [.announced, .signing])
        #expect(standing.nextRotation == start.adding(seconds: 30 * 86_400))
        #expect(standing.now == test.clock.now)
        // An announced key that is too new waits, whatever the schedule says.
        test.clock.advance(seconds: 30 * 86_400 - 120)
        _ = try await test.issuer.rotateSigningKey()
        let rotated = await test.issuer.standing()
        #expect(rotated.nextRotation == test.clock.now.adding(seconds: 30 * 86_400))
        #expect(rotated.sequence > standing.sequence)
    }

    @Test func `counts all who wait for the lane`() async throws {
        let gate = DispatchSemaphore(value: 0)
        let taken = Taken()
        let lane = Lane(label: "test") { jobs in
            taken.sizes.withLock { $0.append(jobs.count) }
            gate.wait()
            for job in jobs { job.fail(CancellationError()) }
        }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<300 { group.addTask { _ = try? await lane.run { _ in } } }
            // One group is taken up, whatever its size; all the others come to wait behind the gate.
            #expect(await comes { taken.sizes.withLock(\.first).map { lane.waitingCount == 300 - $0 } ?? false })
            for _ in 0..<300 { gate.signal() }
        }
        #expect(lane.waitingCount == 0 && taken.sizes.withLock { $0.reduce(0, +) } == 300)
    }

    private final class Taken: Sendable {
        let sizes = Mutex<[Int]>([])
    }
}
