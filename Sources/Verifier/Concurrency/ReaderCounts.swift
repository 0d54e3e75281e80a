import Synchronization

/// How many readers are under way, counted in stripes so that threads do not contend for one word.
///
/// A stripe has two counters, and new readers use one of them, the same in every stripe. Turning to the other lets the
/// first run dry however busy the readers are.
@safe struct ReaderCounts: ~Copyable {
    /// A bit for each counter.
    typealias Counters = UInt32
    static var all: Counters { .max }

    private let counters: UnsafeMutablePointer<Atomic<Int>>
    private let side = Atomic<Int>(0)

    private static var words: Int { ThreadStripe.count * ThreadStripe.wordsApart }

    init() {
        unsafe counters = .allocate(capacity: Self.words)
        for word in 0..<Self.words { unsafe (counters + word).initialize(to: Atomic(0)) }
    }

    deinit {
        unsafe counters.deinitialize(count: Self.words)
        unsafe counters.deallocate()
    }

    /// Counts the calling thread in; it counts itself out with what this returns.
    borrowing func enter() -> Int {
        let counter = ThreadStripe.current * ThreadStripe.wordsApart + (side.load(ordering: .relaxed) & 1)
        unsafe counters[counter].add(1, ordering: .sequentiallyConsistent)
        return counter
    }

    borrowing func leave(_ counter: Int) {
        unsafe counters[counter].subtract(1, ordering: .releasing)
    }

    /// Has new readers use the other counters.
    borrowing func turn() {
        side.bitwiseXor(1, ordering: .relaxed)
    }

    /// Those of `counters` that are not zero now.
    borrowing func occupied(among candidates: Counters) -> Counters {
        var occupied: Counters = 0
        for bit in 0..<Counters.bitWidth where candidates & (1 << Counters(bit)) != 0 {
            let counter = bit / 2 * ThreadStripe.wordsApart + bit % 2
            if unsafe counters[counter].load(ordering: .sequentiallyConsistent) != 0 { occupied |= 1 << Counters(bit) }
        }
        return occupied
    }
}
