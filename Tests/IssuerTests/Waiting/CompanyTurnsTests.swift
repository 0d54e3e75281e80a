import Synchronization
import Testing

@testable import Issuer

@Suite struct CompanyTurnsTests {
    /// How many run at once, and how many did at most.
    private final class Running: Sendable {
        private let counts = Mutex((now: 0, most: 0))

        var most: Int { counts.withLock { $0.most } }

        func begin() {
            counts.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
        }

        func end() {
            counts.withLock { $0.now -= 1 }
        }
    }

    private static func company(_ number: UInt64) -> CompanyID {
        CompanyID(ULID(milliseconds: 1, randomHigh: 0, randomLow: number))
    }

    @Test("one company's long looks come one after the other, and no other company's turn waits for them")
    func turns() async throws {
        let turns = CompanyTurns()
        let running = Running()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    try await turns.run(for: Self.company(1)) {
                        running.begin()
                        await Task.yield()
                        running.end()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(running.most == 1)
        // The first holds its turn until the other company has had its own.
        let (entered, enter) = AsyncStream<Void>.makeStream()
        let (ended, end) = AsyncStream<Void>.makeStream()
        async let long: Void = turns.run(for: Self.company(1)) {
            enter.finish()
            for await _ in ended {}
        }
        for await _ in entered {}
        #expect(try await turns.run(for: Self.company(2)) { true })
        end.finish()
        try await long
    }

    @Test("a turn that failed makes way for the next")
    func failure() async throws {
        let turns = CompanyTurns()
        await #expect(throws: IssuerError.busy) {
            try await turns.run(for: Self.company(1)) { throw IssuerError.busy }
        }
        #expect(try await turns.run(for: Self.company(1)) { true })
    }
}
