import ReplayMemory
import Synchronization
import Testing
import Verifier

/// A wall clock in a test's hands.
final class WallClock: Sendable {
    private let seconds: Atomic<Int64>

    init(_ start: Int64 = 1_767_225_600) { seconds = Atomic(start) }

    var now: Int64 { seconds.load(ordering: .relaxed) }
    var clock: Clock { Clock(unixSeconds: { self.now }) }
    func set(_ now: Int64) { seconds.store(now, ordering: .relaxed) }
    func pass(_ more: Int64) { seconds.add(more, ordering: .relaxed) }
}

extension ReplayGuard {
    /// A claim, of texts.
    func claim(
        _ authorizationID: String, issuer: String = "https://issuer.example", by transactionID: String,
        until keepUntil: Int64
    ) -> ReplayAnswer {
        let (issuer, id, transaction) = (Array(issuer.utf8), Array(authorizationID.utf8), Array(transactionID.utf8))
        return claim(
            issuer: issuer.span, authorizationID: id.span, keepUntil: keepUntil, transactionID: transaction.span)
    }
}

@Suite struct `The replay guard in memory` {
    let time = WallClock()

    @Test func `the first claim is first, its transaction may retry, and another may not`() throws {
        let guarding = try MemoryReplayGuard(capacity: 10, clock: time.clock)
        let until = time.now + 60
        #expect(guarding.claim("auth_1", by: "txn_1", until: until) == .first)
        #expect(guarding.claim("auth_1", by: "txn_1", until: until) == .sameTransaction)
        #expect(guarding.claim("auth_1", by: "txn_2", until: until) == .seen)
        #expect(guarding.claim("auth_1", by: "txn_1", until: until) == .sameTransaction)
        #expect(guarding.claim("auth_2", by: "txn_2", until: until) == .first)
        #expect(guarding.count == 2)
    }

    @Test func `an empty transaction is no retry of anything`() throws {
        let guarding = try MemoryReplayGuard(capacity: 10, clock: time.clock)
        let until = time.now + 60
        #expect(guarding.claim("auth_1", by: "", until: until) == .first)
        #expect(guarding.claim("auth_1", by: "", until: until) == .seen)
        #expect(guarding.claim("auth_1", by: "txn_1", until: until) == .seen)
        #expect(guarding.claim("auth_2", by: "txn_1", until: until) == .first)
        #expect(guarding.claim("auth_2", by: "", until: until) == .seen)
    }

    @Test func `issuer and jti are two names, however they are cut`() throws {
        let guarding = try MemoryReplayGuard(capacity: 10, clock: time.clock)
        let until = time.now + 60
        #expect(guarding.claim("bc", issuer: "a", by: "t", until: until) == .first)
        #expect(guarding.claim("c", issuer: "ab", by: "t", until: until) == .first)
        #expect(guarding.claim("", issuer: "abc", by: "t", until: until) == .first)
        #expect(guarding.claim("abc", issuer: "", by: "t", until: until) == .first)
        #expect(guarding.claim("bc", issuer: "b", by: "t", until: until) == .first)
        #expect(guarding.claim("c", issuer: "ab", by: "u", until: until) == .seen)
    }

    @Test func `a full guard cannot tell, keeps what it has, and has room once a claim has ended`() throws {
        let guarding = try MemoryReplayGuard(capacity: 3, clock: time.clock)
        for (number, seconds) in [30, 10, 20].enumerated() {
            #expect(guarding.claim("auth_\(number)", by: "t", until: time.now + Int64(seconds)) == .first)
        }
        #expect(guarding.claim("auth_3", by: "t", until: time.now + 60) == .unavailable)
        #expect(guarding.health.lastReason.contains("full"))
        #expect(guarding.claim("auth_0", by: "t", until: time.now + 30) == .sameTransaction)
        time.pass(10)
        #expect(guarding.claim("auth_3", by: "t", until: time.now + 60) == .unavailable)
        time.pass(1)
        #expect(guarding.claim("auth_3", by: "t", until: time.now + 60) == .first)
        #expect(guarding.claim("auth_4", by: "t", until: time.now + 60) == .unavailable)
        for number in [0, 2] { #expect(guarding.claim("auth_\(number)", by: "u", until: time.now) == .seen) }
    }

    @Test func `a claim that may have been forgotten cannot be told once the clock goes back`() throws {
        let guarding = try MemoryReplayGuard(capacity: 3, clock: time.clock)
        let start = time.now
        #expect(guarding.claim("auth_1", by: "t", until: start + 10) == .first)
        #expect(guarding.claim("auth_2", by: "t", until: start + 20) == .first)
        time.set(start + 11)
        #expect(guarding.claim("auth_3", by: "t", until: start + 90) == .first)
        time.set(start)
        #expect(guarding.claim("auth_1", by: "t", until: start + 10) == .unavailable)
        #expect(guarding.claim("auth_1", by: "t", until: start + 11) == .unavailable)
        #expect(guarding.claim("auth_2", by: "u", until: start + 20) == .seen)
    }

    @Test func `a capacity out of its bounds is refused`() {
        for capacity in [Int.min, -1, 0, MemoryReplayGuard.capacityMax + 1, .max] {
            #expect(throws: VerifyError(.argument)) { try MemoryReplayGuard(capacity: capacity) }
        }
    }
}
