import StoreFixtures
import Testing

@testable import Issuer

@Suite struct APIKeysTableTests {
    private typealias Fixture = APIKeyVerifierTests

    private func key(_ number: UInt64, _ environment: Environment) throws -> APIKey {
        let name = try Name("Key \(number)")
        let digits = String(number)
        let prefix = "ag_\(environment.rawValue)_" + String(repeating: "0", count: 12 - digits.count) + digits
        return APIKey(
            id: Fixture.keyID(number), environment: environment, name: name, prefix: prefix,
            scopes: [.manage, .authorize], agentID: AgentID("agt_01k3vtest0000000000000000c"), createdAt: Fixture.now,
            expiresAt: Fixture.now.adding(seconds: 9), lastUsedAt: nil)
    }

    private static let tag: [UInt8] = [1, 2, 3, 4]
    private static let hash = "$2b$05$" + String(repeating: "C", count: 53)

    private func withKeys(_ body: @escaping @Sendable (any StoreTransaction) throws -> Void) async throws {
        let store = try await TestStore.open()
        let keys = try (1...5).map { try key($0, $0 % 2 == 0 ? .test : .live) }
        try await store.globalTransaction { tx in
            try Migrator.migrate(tx)
            try Companies.insert(Fixture.company, name: try Name("Acme"), at: Fixture.now, in: tx)
            for key in keys { try APIKeys.insert(key, hash: Self.hash, tag: Self.tag, of: Fixture.company, in: tx) }
            try body(tx)
        }
    }

    @Test("a key is found by its prefix and by its identifier, as it was recorded")
    func found() async throws {
        let key = try key(3, .live)
        try await withKeys { tx throws in
            let owner = try #require(try APIKeys.owner(ofPrefix: key.prefix, in: tx))
            #expect(owner.company == Fixture.company && owner.key == key.id && owner.tag == Self.tag)
            let record = try #require(try APIKeys.find(key.id, of: Fixture.company, in: tx))
            #expect(record.key == key && record.hash == Self.hash && record.revokedAt == nil)
            #expect(try APIKeys.owner(ofPrefix: "ag_live_zzzzzzzzzzzz", in: tx) == nil)
            let stranger = try #require(CompanyID("co_01k3vtest0000000000000000z"))
            #expect(try APIKeys.find(key.id, of: stranger, in: tx) == nil)
        }
    }

    @Test("pages run newest first; a test key sees test keys alone, a live key sees all")
    func pages() async throws {
        try await withKeys { tx throws in
            func numbers(_ page: Page, _ environment: Environment) throws -> [APIKeyID] {
                try APIKeys.page(page, of: Fixture.company, visibleFrom: environment, in: tx).map(\.id)
            }
            let ids = (0...5).map { Fixture.keyID($0) }
            #expect(try numbers(Page(), .live) == [5, 4, 3, 2, 1].map { ids[$0] })
            #expect(try numbers(Page(), .test) == [4, 2].map { ids[$0] })
            // One more than the limit tells that there is a next page.
            #expect(try numbers(Page(limit: 1, after: ids[4].text), .live) == [3, 2].map { ids[$0] })
            #expect(try numbers(Page(after: ids[1].text), .live).isEmpty)
        }
    }

    @Test("a key is revoked once, and only by who can see it; then it is listed no more and opens nothing")
    func revocation() async throws {
        try await withKeys { tx throws in
            let (live, company) = (Fixture.keyID(1), Fixture.company)
            #expect(try APIKeys.revoke(live, of: company, visibleFrom: .test, at: Fixture.now, in: tx) == nil)
            #expect(try APIKeys.isUsable(live, of: company, in: tx))
            #expect(try APIKeys.revoke(live, of: company, visibleFrom: .live, at: Fixture.now, in: tx)?.id == live)
            #expect(try APIKeys.revoke(live, of: company, visibleFrom: .live, at: Fixture.now, in: tx) == nil)
            #expect(try !APIKeys.isUsable(live, of: company, in: tx))
            #expect(try APIKeys.page(Page(), of: company, visibleFrom: .live, in: tx).count == 4)
            #expect(try APIKeys.find(live, of: company, in: tx)?.revokedAt == Fixture.now)
        }
    }

    @Test("the last use only moves forward")
    func lastUse() async throws {
        try await withKeys { tx throws in
            let (id, company) = (Fixture.keyID(2), Fixture.company)
            for (seconds, expected): (Int64, Int64) in [(5, 5), (3, 5), (8, 8)] {
                try APIKeys.touch(id, of: company, at: Fixture.now.adding(seconds: seconds), in: tx)
                #expect(
                    try APIKeys.find(id, of: company, in: tx)?.key.lastUsedAt == Fixture.now.adding(seconds: expected))
            }
        }
    }

    @Test("two keys never share a prefix")
    func samePrefix() async throws {
        let key = try key(1, .live)
        let other = APIKey(
            id: Fixture.keyID(9), environment: .live, name: key.name, prefix: key.prefix, scopes: key.scopes,
            agentID: nil,
            createdAt: key.createdAt, expiresAt: nil, lastUsedAt: nil)
        await #expect(throws: StorageError.self) {
            try await withKeys { tx in
                try APIKeys.insert(other, hash: Self.hash, tag: Self.tag, of: Fixture.company, in: tx)
            }
        }
    }
}
