import Synchronization
import Testing

@testable import Issuer

@Suite struct `The count of what is open` {
    private final class Time: Sendable {
        private let nanoseconds = Mutex(Int64(1_000_000))
        func pass(_ count: Int64) { nanoseconds.withLock { $0 += count } }
        @Sendable func now() -> Int64 { nanoseconds.withLock(\.self) }
    }

    @Test func `serves the longer the more there is, and no longer`() async throws {
        let time = Time()
        let count = OpenCount(uptime: time.now)
        let million = OpenAuthorizations(pending: 600_000, held: 400_000)
        #expect(try await count.figure { million } == million)
        let none = OpenAuthorizations(pending: 0, held: 0)
        time.pass(20_000_000_000 - 1)
        #expect(try await count.figure { none } == million)
        time.pass(1)
        #expect(try await count.figure { none } == none)
        // So few are counted each time.
        let few = OpenAuthorizations(pending: OpenCount.few, held: 0)
        #expect(try await count.figure { few } == few)
        let more = OpenAuthorizations(pending: OpenCount.few, held: 1)
        #expect(try await count.figure { more } == more)
        #expect(try await count.figure { few } == more)
    }

    @Test func `is not remembered where it failed`() async throws {
        let count = OpenCount(uptime: { 0 })
        await #expect(throws: StorageError.self) {
            _ = try await count.figure { throw StorageError.unavailable("busy") }
        }
        let one = OpenAuthorizations(pending: 1, held: 0)
        #expect(try await count.figure { one } == one)
    }
}
