import Foundation
import RedisFixtures
import ReplayRedis
import Synchronization
import Testing
import Verifier

@Suite struct `The replay guard on a Redis server` {
    private let server: RedisServer

    init() throws { server = try RedisServer() }

    private func newGuard(_ change: (inout RedisReplayGuard.Options) -> Void = { _ in }) throws -> RedisReplayGuard {
        var options = RedisReplayGuard.Options()
        options.address = .unix(path: server.socket)
        options.connectMilliseconds = 30_000
        options.waitMilliseconds = 30_000
        change(&options)
        return try RedisReplayGuard(options: options)
    }

    private var until: Int64 { Int64(Date().timeIntervalSince1970) + 600 }

    @Test func `guards on one server share its claims`() throws {
        let (one, other) = (try newGuard(), try newGuard())
        try one.check()
        #expect(one.claim("auth_1", by: "a", until: until) == .first)
        #expect(one.claim("auth_1", by: "a", until: until) == .sameTransaction)
        #expect(other.claim("auth_1", by: "b", until: until) == .seen)
        #expect(other.claim("auth_2", by: "", until: until) == .first)
        #expect(one.claim("auth_2", by: "", until: until) == .seen)
        #expect(one.health.firstCount == 1 && one.health.sameTransactionCount == 1 && one.health.seenCount == 1)
    }

    @Test func `of many threads that claim one token, one is the first, over few connections`() throws {
        let guarding = try newGuard { $0.connections = 2 }
        let until = until
        let firsts = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: 200) { turn in
            if guarding.claim("many_\(turn % 20)", by: "txn_\(turn)", until: until) == .first {
                firsts.add(1, ordering: .relaxed)
            }
        }
        #expect(firsts.load(ordering: .relaxed) == 20 && guarding.health.unavailableCount == 0)
    }

    @Test func `a token that has ended by the server's clock cannot be told`() throws {
        let guarding = try newGuard()
        #expect(guarding.claim("auth_old", by: "a", until: 1_000) == .unavailable)
        #expect(guarding.health.lastReason.contains("ended by the server's clock"))
    }

    @Test func `a server that is not there cannot tell, and is told of`() throws {
        let guarding = try newGuard { $0.address = .unix(path: "/tmp/paitify-no-such-socket") }
        #expect(throws: VerifyError(.io)) { try guarding.check() }
        #expect(guarding.claim("auth_1", by: "a", until: until) == .unavailable)
        #expect(guarding.health.unavailableCount == 1 && guarding.health.lastReason.contains("not reached"))
    }

    @Test func `options out of their bounds are refused`() {
        let changes: [(inout RedisReplayGuard.Options) -> Void] = [
            { $0.address = .tcp(host: "", port: 1) }, { $0.address = .tcp(host: "a", port: 0) },
            { $0.address = .unix(path: "") }, { $0.address = .unix(path: String(repeating: "x", count: 108)) },
            { $0.connections = 0 }, { $0.connections = 65 }, { $0.waitMilliseconds = 0 },
            { $0.connectMilliseconds = 60_001 }, { $0.username = "a" },
            { $0.keyPrefix = String(repeating: "x", count: 257) },
        ]
        for change in changes {
            #expect(throws: VerifyError(.argument)) {
                var options = RedisReplayGuard.Options()
                change(&options)
                _ = try RedisReplayGuard(options: options)
            }
        }
    }
}
