import Synchronization

/// What verifications and installations note about refreshes, in atomic words: no lock, and no allocation.
final class RefreshState: Sendable {
    private let state = Atomic<UInt64>(0)
    private let wall = Atomic<UInt64>(0)
    private let installations = Atomic<UInt64>(0)
    private let refusals = Atomic<UInt64>(0)

    /// Documents that were installed, and that were refused.
    var counts: (installed: UInt64, refused: UInt64) {
        (installations.load(ordering: .relaxed), refusals.load(ordering: .relaxed))
    }

    func countInstalled() { installations.wrappingAdd(1, ordering: .relaxed) }
    func countRefused() { refusals.wrappingAdd(1, ordering: .relaxed) }

    var throttle: RefreshThrottle { RefreshThrottle(words) }

    // Relaxed: the words lead to no other memory, and their numbers tell whether they belong together.
    private var words: RefreshThrottle.Words {
        .init(state: state.load(ordering: .relaxed), wall: wall.load(ordering: .relaxed))
    }

    /// Moves on to what `next` makes of the throttle, and returns what else it decided. Of threads that decide at once
    /// one is first, and the others decide again on what it left.
    func update<Decision>(_ next: (RefreshThrottle) -> (next: RefreshThrottle, Decision)) -> Decision {
        while true {
            let before = words
            let (throttle, decision) = next(RefreshThrottle(before))
            let after = throttle.words
            if after.state == before.state { return decision }
            guard state.compareExchange(expected: before.state, desired: after.state, ordering: .relaxed).exchanged
            else { continue }
            if RefreshThrottle(before).number != throttle.number { wall.store(after.wall, ordering: .relaxed) }
            return decision
        }
    }
}
