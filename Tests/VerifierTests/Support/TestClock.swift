import Synchronization

@testable import Verifier

/// Both clocks of a verifier, in a test's hands.
final class TestClock: Sendable {
    private let wall = Atomic<Int64>(Sample.now)
    private let steady = Atomic<Int64>(1_000_000)

    var clock: Clock {
        Clock(
            wallSeconds: { self.wall.load(ordering: .relaxed) },
            steadyMilliseconds: { self.steady.load(ordering: .relaxed) })
    }

    var wallSeconds: Int64 { wall.load(ordering: .relaxed) }

    /// Lets time pass on both clocks.
    func pass(milliseconds: Int64) {
        let before = steady.load(ordering: .relaxed)
        steady.add(milliseconds, ordering: .relaxed)
        wall.add((before + milliseconds) / 1000 - before / 1000, ordering: .relaxed)
    }

    func setWall(_ seconds: Int64) { wall.store(seconds, ordering: .relaxed) }
}
