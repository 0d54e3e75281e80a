import Foundation
import Synchronization
import Testing

@testable import Verifier

/// A value that knows how many of its kind are alive, and that it is.
private final class Counted: Sendable {
    static let alive = Atomic<Int>(0)
    let number: Int
    private let mark = Atomic<Int>(0x5EED)

    init(_ number: Int) {
        self.number = number
        Self.alive.add(1, ordering: .relaxed)
    }
    deinit {
        mark.store(0, ordering: .relaxed)
        Self.alive.subtract(1, ordering: .relaxed)
    }
    var isAlive: Bool { mark.load(ordering: .relaxed) == 0x5EED }
}

/// Serialized, since all of them count the same values.
@Suite(.serialized) struct `A published value` {
    @Test func `is what was published last`() {
        let published = Published(Counted(0))
        #expect(published.read { $0.number } == 0)
        for number in 1...10 {
            published.replace { before in Counted(before.number + 1) }
            #expect(published.read { $0.number } == number)
        }
        #expect(published.reclaim() == 0)
        #expect(Counted.alive.load(ordering: .relaxed) == 1)
    }

    @Test func `stays as it was if the next one cannot be made`() {
        struct Refused: Error {}
        let published = Published(Counted(1))
        #expect(throws: Refused.self) { try published.replace { _ throws(Refused) in throw Refused() } }
        #expect(published.read { $0.number } == 1)
    }

    @Test func `outlives its replacement while it is read, and is freed after`() {
        let published = Published(Counted(1))
        published.read { old in
            published.replace { _ in Counted(2) }
            published.replace { _ in Counted(3) }
            #expect(old.isAlive && old.number == 1)
            // Of this thread's two counters one is in use, so the first value is kept; the second, replaced later, may
            // be too.
            #expect(published.reclaim() >= 1)
            #expect(published.read { $0.number } == 3)
        }
        #expect(published.reclaim() == 0)
        #expect(Counted.alive.load(ordering: .relaxed) == 1)
    }

    @Test func `frees everything with itself`() {
        do {
            let published = Published(Counted(1))
            published.read { _ in published.replace { _ in Counted(2) } }
            #expect(published.read { $0.number } == 2)
        }
        #expect(Counted.alive.load(ordering: .relaxed) == 0)
    }

    /// Real threads: readers never see a freed value, nor an older one than they saw before.
    @Test func `is never freed under a reader, nor goes back`() {
        let published = Published(Counted(0))
        let rounds = 20_000
        let running = Atomic<Int>(2)
        let wrong = Atomic<Int>(0)
        let keptMost = Atomic<Int>(0)
        let finished = DispatchGroup()
        let threads =
            (0..<4).map { _ in
                Thread {
                    defer { finished.leave() }
                    var last = 0
                    while running.load(ordering: .relaxed) > 0 {
                        published.read { value in
                            if !value.isAlive || value.number < last { wrong.add(1, ordering: .relaxed) }
                            last = value.number
                        }
                    }
                }
            }
            + (0..<2).map { _ in
                Thread {
                    defer { finished.leave() }
                    for _ in 0..<rounds {
                        published.replace { before in Counted(before.number + 1) }
                    }
                    keptMost.max(published.reclaim(), ordering: .relaxed)
                    running.subtract(1, ordering: .relaxed)
                }
            }
        for thread in threads {
            finished.enter()
            thread.start()
        }
        finished.wait()
        #expect(wrong.load(ordering: .relaxed) == 0)
        #expect(published.read { $0.number } == 2 * rounds)
        #expect(published.reclaim() == 0)
        #expect(Counted.alive.load(ordering: .relaxed) == 1)
    }
}
