import ReplayMemory
import Testing
import Verifier

@Suite struct `The replay guard in memory` {
    let time = WallClock()

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

    @Test func `its memory is what its header says`() {
        #expect(MemoryReplayGuard.bytes(forCapacity: 1_000_000) == 1_000_000 * 84 + (1 << 20) * 4)
        #expect(MemoryReplayGuard.bytes(forCapacity: 1024) == 1024 * 88)
        #expect(MemoryReplayGuard.bytes(forCapacity: 1025) == 1025 * 84 + 2048 * 4)
    }

    @Test func `a capacity out of its bounds is refused`() {
        for capacity in [Int.min, -1, 0, MemoryReplayGuard.capacityMax + 1, .max] {
            #expect(throws: VerifyError(.argument)) { try MemoryReplayGuard(capacity: capacity) }
        }
    }
}
