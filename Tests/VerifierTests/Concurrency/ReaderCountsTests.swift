import Foundation
import Synchronization
import Testing

@testable import Verifier

/// Two places that take turns: one is read, the other written. Plain memory, which no object's end clears: where a write
/// did not come after the last read, ThreadSanitizer tells (scripts/sanitize.sh).
@safe private final class Places: @unchecked Sendable {
    // Sendable: that is what the test is about.
    private let memory = UnsafeMutablePointer<Int>.allocate(capacity: 2)
    private let current = Atomic<Int>(0)
    private let readers = ReaderCounts()
    let isWriting = Atomic<Bool>(true)
    let wrong = Atomic<Int>(0)

    init() { unsafe memory.initialize(repeating: 0, count: 2) }
    deinit { unsafe memory.deallocate() }

    func read() -> Int {
        let counter = readers.enter()
        defer { readers.leave(counter) }
        return unsafe memory[current.load(ordering: .sequentiallyConsistent)]
    }

    /// Writes where nobody reads, has readers turn to it, and waits until the last has left the other place.
    func write(_ number: Int) {
        let next = 1 - current.load(ordering: .relaxed)
        unsafe memory[next] = number
        current.store(next, ordering: .sequentiallyConsistent)
        readers.turn()
        var mayHold = ReaderCounts.all
        while mayHold != 0 {
            mayHold = readers.occupied(among: mayHold)
            sched_yield()
        }
        unsafe memory[1 - next] = -1
    }
}

@Suite struct `Counts of readers` {
    @Test func `what was replaced may be written once each counter was seen at zero`() {
        let places = Places()
        let rounds = 2_000
        let finished = DispatchGroup()
        for _ in 0..<3 {
            finished.enter()
            Thread.detachNewThread {
                var last = 0
                while places.isWriting.load(ordering: .relaxed) {
                    let number = places.read()
                    if number < last { places.wrong.add(1, ordering: .relaxed) }
                    last = number
                }
                finished.leave()
            }
        }
        for round in 1...rounds { places.write(round) }
        places.isWriting.store(false, ordering: .relaxed)
        finished.wait()
        #expect(places.wrong.load(ordering: .relaxed) == 0)
        #expect(places.read() == rounds)
    }
}
