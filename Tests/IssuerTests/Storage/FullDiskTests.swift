import StoreFixtures
import Testing

@testable import Issuer

@Suite struct FullDiskTests {
    @Test(
        "a store that is full answers no decision that it did not keep, and goes on when there is room again",
        .enabled(if: !TestStore.isPostgreSQL, "SQLite alone can be told how full it is"))
    func full() async throws {
        try await withTemporaryFolder { folder in
            let test = try await TestIssuer(path: "\(folder)/store.sqlite")
            let agent = try await test.agent()
            try await test.policy(.usd([.of(.allTime, amount: 1_000_000)]))
            let pages = try await Self.pragma("page_count", test)
            _ = try await Self.pragma("max_page_count = \(pages + 20)", test)
            let first = try await test.authorize(10, agent).authorization.id
            let answered = await withTaskGroup(of: AuthorizationID?.self) { group in
                for _ in 0..<300 { group.addTask { try? await test.authorize(10, agent).authorization.id } }
                return await group.reduce(into: Set([first])) { if let id = $1 { $0.insert(id) } }
            }
            #expect(answered.count < 301)
            _ = try await Self.pragma("max_page_count = \(pages + 10_000)", test)
            let kept = try await test.issuer.store.globalTransaction { tx in
                Set(try tx.execute(Statement("SELECT authorization_id FROM authorizations"), []).map { try $0.text(0) })
            }
            #expect(kept == Set(answered.map(\.text)))
            #expect(try await test.budget(agent).reserved == Int64(answered.count) * 10)
            #expect(try await test.authorize(10, agent).authorization.decision == .approved)
        }
    }

    private static func pragma(_ text: String, _ test: TestIssuer) async throws -> Int64 {
        try await test.issuer.store.globalTransaction { tx in
            try tx.execute(Statement("PRAGMA \(text)"), [])[0].integer(0)
        }
    }
}
