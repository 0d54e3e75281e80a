import Issuer
import StoreFixtures
import Synchronization
import Testing

@testable import Server

@Suite struct LookMemoryTests {
    /// A clock that goes when it is told to, and looks that end when they are told to.
    private final class Books: Sendable {
        private let state = Mutex((now: Int64(0), taken: 0))

        var taken: Int { state.withLock { $0.taken } }

        func now() -> Int64 { state.withLock { $0.now } }
        func advance(milliseconds: Int64) { state.withLock { $0.now += milliseconds * 1_000_000 } }

        /// Takes `milliseconds`, once `gate` is open.
        func take(milliseconds: Int64, after gate: AsyncStream<Void>? = nil) async -> Int {
            if let gate { for await _ in gate {} }
            return state.withLock { state in
                state.now += milliseconds * 1_000_000
                state.taken += 1
                return state.taken
            }
        }
    }

    @Test func `what is taken in a moment is taken anew each time`() async throws {
        let books = Books()
        let memory = LookMemory<Int, Int>(now: { books.now() })
        for expected in 1...3 {
            let look = try #require(try await memory.look(1, at: 0) { await books.take(milliseconds: 10) })
            #expect(look.value == expected && !look.isOld)
        }
    }

    @Test func `nobody waits long for what is dear, and then it is shown while it is taken anew`() async throws {
        let books = Books()
        let memory = LookMemory<Int, Int>(now: { books.now() })
        let (gate, open) = AsyncStream<Void>.makeStream()
        async let first = memory.look(1, at: 0) { await books.take(milliseconds: 2000, after: gate) }
        while books.taken == 0 {
            books.advance(milliseconds: 100)
            if books.now() > 600_000_000 { open.finish() }
            await Task.yield()
        }
        let waited = try await first
        #expect(waited == nil || waited?.value == 1)
        // Within ten times as long as it took, nothing is taken; what changed since is said.
        let again = try #require(try await memory.look(1, at: 7) { await books.take(milliseconds: 2000) })
        #expect(again.value == 1 && again.isOld && books.taken == 1)
        books.advance(milliseconds: 31_000)
        let old = try #require(try await memory.look(1, at: 7) { await books.take(milliseconds: 2000) })
        #expect(old.value == 1 && old.isOld)
        #expect(await comes { books.taken >= 2 })
    }

    @Test func `what cannot be taken says why`() async throws {
        let memory = LookMemory<Int, Int>(now: { 0 })
        await #expect(throws: IssuerError.unauthenticated) {
            _ = try await memory.look(1, at: 0) { () async throws -> Int in throw IssuerError.unauthenticated }
        }
    }
}
