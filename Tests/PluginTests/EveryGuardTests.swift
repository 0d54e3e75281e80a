import Dispatch
import ReplayMemory
import ReplaySQLite
import Synchronization
import Testing
import Verifier

/// A guard of some kind, made for one test.
struct GuardKind: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let make: @Sendable (WallClock) throws -> any ReplayGuard
}

@Suite struct `Every replay guard` {
    static let kinds = [
        GuardKind(testDescription: "in memory") { try MemoryReplayGuard(capacity: 100, clock: $0.clock) },
        GuardKind(testDescription: "in an SQLite file") { time in
            try SQLiteReplayGuard(path: TemporaryFile.path(), clock: time.clock)
        },
    ]

    let time = WallClock()

    @Test("the first claim is first, its transaction may retry, and another may not", arguments: kinds)
    func claims(_ kind: GuardKind) throws {
        let guarding = try kind.make(time)
        let until = time.now + 60
        #expect(guarding.claim("auth_1", by: "txn_1", until: until) == .first)
        #expect(guarding.claim("auth_1", by: "txn_1", until: until) == .sameTransaction)
        #expect(guarding.claim("auth_1", by: "txn_2", until: until) == .seen)
        #expect(guarding.claim("auth_1", by: "txn_1", until: until) == .sameTransaction)
        #expect(guarding.claim("auth_2", by: "txn_2", until: until) == .first)
    }

    @Test("an empty transaction is no retry of anything", arguments: kinds)
    func emptyTransactions(_ kind: GuardKind) throws {
        let guarding = try kind.make(time)
        let until = time.now + 60
        #expect(guarding.claim("auth_1", by: "", until: until) == .first)
        #expect(guarding.claim("auth_1", by: "", until: until) == .seen)
        #expect(guarding.claim("auth_1", by: "txn_1", until: until) == .seen)
        #expect(guarding.claim("auth_2", by: "txn_1", until: until) == .first)
        #expect(guarding.claim("auth_2", by: "", until: until) == .seen)
    }

    @Test("issuer and jti are two names, however they are cut", arguments: kinds)
    func names(_ kind: GuardKind) throws {
        let guarding = try kind.make(time)
        let until = time.now + 60
        for (issuer, id) in [("a", "bc"), ("ab", "c"), ("abc", ""), ("", "abc"), ("b", "bc")] {
            #expect(guarding.claim(id, issuer: issuer, by: "t", until: until) == .first)
        }
        #expect(guarding.claim("c", issuer: "ab", by: "u", until: until) == .seen)
    }

    @Test("a claim that may have been forgotten cannot be told once the clock goes back", arguments: kinds)
    func clocks(_ kind: GuardKind) throws {
        let guarding = try kind.make(time)
        let start = time.now
        #expect(guarding.claim("auth_1", by: "t", until: start + 10) == .first)
        #expect(guarding.claim("auth_2", by: "t", until: start + 20) == .first)
        time.set(start + 11)
        #expect(guarding.claim("auth_3", by: "t", until: start + 90) == .first)
        time.set(start)
        #expect(guarding.claim("auth_1", by: "t", until: start + 10) == .unavailable)
        #expect(guarding.claim("auth_4", by: "t", until: start + 9) == .unavailable)
        #expect(guarding.claim("auth_4", by: "t", until: start + 11) == .first)
        #expect(guarding.claim("auth_2", by: "u", until: start + 20) == .seen)
    }

    @Test("of many threads that claim one token, one is the first", arguments: kinds)
    func threads(_ kind: GuardKind) throws {
        let guarding = try kind.make(time)
        let until = time.now + 60
        let firsts = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: 200) { turn in
            if guarding.claim("auth_\(turn % 20)", by: "txn_\(turn)", until: until) == .first {
                firsts.add(1, ordering: .relaxed)
            }
        }
        #expect(firsts.load(ordering: .relaxed) == 20)
    }

    @Test("a verifier charges a token once, and retries that charge", arguments: kinds)
    func charges(_ kind: GuardKind) throws {
        let vectors = try TokenVectors.read()
        var options = TokenVerifier.Options(issuer: vectors.options.issuer, audiences: vectors.options.audiences)
        options.clock = Clock(unixSeconds: { vectors.now })
        options.replayGuard = try kind.make(WallClock(vectors.now))
        let verifier = try TokenVerifier(options: options)
        try verifier.install(jwks: vectors.jwks, fetchedAt: vectors.now)
        let token = vectors.cases[0].token
        func charge(_ transaction: String, amount: Int64 = 5000) throws {
            _ = try verifier.verify(
                token,
                charge: Charge(
                    amount: amount, currency: vectors.charge.currency, merchantID: vectors.charge.merchantId,
                    transactionID: transaction))
        }
        #expect(throws: VerifyError(.amount)) { try charge("txn_2", amount: 5001) }
        try charge("txn_1")
        try charge("txn_1")
        #expect(throws: VerifyError(.replayed)) { try charge("txn_2") }
    }
}
