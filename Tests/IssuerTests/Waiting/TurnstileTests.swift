import Synchronization
import Testing

@testable import Issuer

@Suite struct TurnstileTests {
    private static func company(_ number: UInt64) -> CompanyID {
        CompanyID(ULID(milliseconds: 1, randomHigh: 0, randomLow: number))
    }

    /// A company that is inside until it is let go.
    private struct Visitor {
        let task: Task<UInt64, any Error>
        private let entered: AsyncStream<Void>
        private let leave: AsyncStream<Void>.Continuation

        init(_ number: UInt64, _ turnstile: Turnstile) {
            let (entered, enter) = AsyncStream<Void>.makeStream()
            let (left, leave) = AsyncStream<Void>.makeStream()
            (self.entered, self.leave) = (entered, leave)
            task = Task {
                try await turnstile.run(for: TurnstileTests.company(number)) {
                    enter.finish()
                    for await _ in left {}
                    return number
                }
            }
        }

        func hasEntered() async { for await _ in entered {} }

        func go() async throws {
            leave.finish()
            _ = try await task.value
        }
    }

    private final class Refusals: Sendable {
        let count = Atomic(0)
    }

    private static func isRefused(_ number: UInt64, by turnstile: Turnstile) async -> Bool {
        do {
            try await turnstile.run(for: company(number)) {}
            return false
        } catch {
            return error as? IssuerError == .busy
        }
    }

    @Test("a company has one place and no second, and whoever comes when all are taken is next")
    func line() async throws {
        let turnstile = Turnstile(most: 2, waitingMax: 1)
        let (one, two) = (Visitor(1, turnstile), Visitor(2, turnstile))
        await one.hasEntered()
        await two.hasEntered()
        #expect(await Self.isRefused(1, by: turnstile), "it is inside")
        let three = Visitor(3, turnstile)
        while turnstile.waitingCount == 0 { await Task.yield() }
        #expect(await Self.isRefused(3, by: turnstile), "it is in line")
        #expect(await Self.isRefused(4, by: turnstile), "the line is full")
        try await one.go()
        await three.hasEntered()
        // Whoever kept the place cannot take it again before those who waited.
        let again = Visitor(1, turnstile)
        while turnstile.waitingCount == 0 { await Task.yield() }
        try await two.go()
        await again.hasEntered()
        try await three.go()
        try await again.go()
    }

    @Test("of a crowd that comes at once no more wait than may")
    func crowd() async throws {
        let turnstile = Turnstile(most: 1, waitingMax: 8)
        let inside = Visitor(0, turnstile)
        await inside.hasEntered()
        let (crowd, refused) = (1000, Refusals())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...crowd {
                group.addTask {
                    if await Self.isRefused(UInt64(number), by: turnstile) {
                        refused.count.add(1, ordering: .relaxed)
                    }
                }
            }
            while refused.count.load(ordering: .relaxed) + turnstile.waitingCount < crowd { await Task.yield() }
            #expect(turnstile.waitingCount == 8)
            try await inside.go()
        }
        #expect(refused.count.load(ordering: .relaxed) == crowd - 8)
    }

    @Test("what fails inside leaves its place")
    func failure() async throws {
        let turnstile = Turnstile(most: 1, waitingMax: 0)
        await #expect(throws: IssuerError.unauthenticated) {
            try await turnstile.run(for: Self.company(1)) { throw IssuerError.unauthenticated }
        }
        #expect(try await turnstile.run(for: Self.company(1)) { true })
    }
}
