import Foundation
import StoreFixtures
import Synchronization
import Testing

@testable import Issuer

@Suite(.enabled(if: !TestStore.isPostgreSQL, "of SQLite's files"))
struct `A copy of the books` {
    /// What those who decide meanwhile have done.
    private final class Load: Sendable {
        let isOver = Atomic(false)
        let acknowledged = Mutex<[AuthorizationID]>([])
    }

    private static func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    /// An issuer on a file, with an agent that may spend.
    private static func issuer(_ folder: String) async throws -> (TestIssuer, AgentID) {
        let test = try await TestIssuer(path: "\(folder)/books.db")
        let agent = try await test.agent()
        try await test.policy(.usd([.of(.allTime, amount: 1_000_000)]))
        return (test, agent)
    }

    @Test func `has all that was committed before it began, in one file of its owner's`() async throws {
        try await withTemporaryFolder { folder in
            let (test, agent) = try await Self.issuer(folder)
            let spend = try await test.authorize(100, agent).authorization
            let bytes = try await SQLiteCopy.make(of: "\(folder)/books.db", at: "\(folder)/copy.db")

            let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            #expect(names == ["books.db", "books.db-shm", "books.db-wal", "copy.db"])
            #expect(try Self.mode("\(folder)/copy.db") == 0o600)
            #expect(bytes == Int64(try Data(contentsOf: URL(filePath: "\(folder)/copy.db")).count))
            // SQLite's file format, bytes 18 and 19: 1 says that no write-ahead log belongs to it.
            #expect(Array(try Data(contentsOf: URL(filePath: "\(folder)/copy.db"))[18...19]) == [1, 1])

            let report = try await StoreCheck.run(path: "\(folder)/copy.db")
            #expect(report.isWhole && report.books?.authorizationCount == 1 && report.chains.count == 2)
            try await test.issuer.close()
            let again = try await TestIssuer.open(path: "\(folder)/copy.db", clock: test.clock)
            #expect(try await again.authorization(spend.id, as: test.owner).authorization.money == spend.money)
            try await again.close()
        }
    }

    @Test func `is of one instant, however much is decided meanwhile`() async throws {
        try await withTemporaryFolder { folder in
            let (test, agent) = try await Self.issuer(folder)
            let load = Load()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        while !load.isOver.load(ordering: .relaxed) {
                            let id = try await test.authorize(1, agent).authorization.id
                            load.acknowledged.withLock { $0.append(id) }
                        }
                    }
                }
                for number in 0..<5 {
                    #expect(await comes { load.acknowledged.withLock(\.count) >= 40 * (number + 1) })
                    let before = load.acknowledged.withLock(\.self)
                    let path = "\(folder)/copy-\(number).db"
                    _ = try await SQLiteCopy.make(of: "\(folder)/books.db", at: path)
                    let report = try await StoreCheck.run(path: path)
                    #expect(report.isWhole, "\(report)")
                    let snapshot = try SQLiteSnapshot(path: path)
                    let ids = try await snapshot.globalTransaction { tx in
                        try tx.execute(Statement("SELECT authorization_id FROM authorizations"), []).map {
                            try $0.text(0)
                        }
                    }
                    try await snapshot.close()
                    #expect(Set(ids).isSuperset(of: before.map(\.text)))
                }
                load.isOver.store(true, ordering: .relaxed)
                try await group.waitForAll()
            }
            try await test.issuer.close()
        }
    }

    @Test func `never takes another file's place, and leaves nothing when it cannot be made`() async throws {
        try await withTemporaryFolder { folder in
            let (test, _) = try await Self.issuer(folder)
            let taken = "\(folder)/taken"
            try Data("mine".utf8).write(to: URL(filePath: taken))
            await #expect(throws: StorageError.self) {
                try await SQLiteCopy.make(of: "\(folder)/books.db", at: taken)
            }
            #expect(try Data(contentsOf: URL(filePath: taken)) == Data("mine".utf8))
            await #expect(throws: StorageError.self) {
                try await SQLiteCopy.make(of: taken, at: "\(folder)/copy.db")
            }
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/copy.db"))
            try await test.issuer.close()
        }
    }

    @Test func `that was damaged, or whose books were changed by hand, is found out`() async throws {
        try await withTemporaryFolder { folder in
            let (test, agent) = try await Self.issuer(folder)
            for _ in 0..<50 { _ = try await test.authorize(10, agent) }
            let path = "\(folder)/copy.db"
            _ = try await SQLiteCopy.make(of: "\(folder)/books.db", at: path)
            try await test.issuer.close()
            let good = try Data(contentsOf: URL(filePath: path))

            let store = try SQLiteStore.open(path: path)
            try await store.globalTransaction { tx in
                _ = try tx.execute(Statement("UPDATE counters SET reserved_amount = reserved_amount + 1"), [])
            }
            try await store.close()
            #expect(try await StoreCheck.run(path: path).books?.balances == false)

            try good.write(to: URL(filePath: path))
            let altered = try SQLiteStore.open(path: path)
            try await altered.globalTransaction { tx in
                _ = try tx.execute(Statement("UPDATE audit_log SET actor = 'nobody' WHERE sequence = 2"), [])
            }
            try await altered.close()
            #expect(try await StoreCheck.run(path: path).chains.contains { $0.fault != nil })

            var torn = good
            // From the second page on, in the middle of the tables.
            for index in stride(from: 4096 * 3, to: torn.count, by: 4096) { torn[index] = 0xFF }
            try torn.write(to: URL(filePath: path))
            let isWhole = (try? await StoreCheck.run(path: path).isWhole) ?? false
            #expect(!isWhole)
        }
    }
}

@Suite(.enabled(if: !TestStore.isPostgreSQL, "of SQLite's files"))
struct `Books that are restored` {
    /// A store that was in use: three keys in the key set, one that was revoked.
    private static func used(_ folder: String) async throws -> (path: String, test: TestIssuer) {
        let path = "\(folder)/books.db"
        let test = try await TestIssuer(path: path)
        _ = try await test.issuer.revokeSigningKey(kid: try await test.issuer.rotateSigningKey().announced)
        try await test.issuer.close()
        return (path, test)
    }

    private static func masterKey(_ byte: String) throws -> MasterKey {
        try MasterKey(text: String(repeating: byte, count: 32))
    }

    @Test("sign with none of the keys that they had, whatever the master key", arguments: ["5a", "17"])
    func replaced(byte: String) async throws {
        try await withTemporaryFolder { folder in
            let (path, test) = try await Self.used(folder)
            let before = test.issuer.signingKeys().filter { $0.state != .revoked }
            let sequence = test.issuer.keyRing.standing.sequence
            let store = try SQLiteStore.open(path: path)
            let revoked = try await RestoreBooks.run(
                on: store, masterKey: Self.masterKey(byte), settings: .test, keepingSigningKeys: false,
                at: test.clock.now
            ).revokedKeys
            try await store.close()
            #expect(Set(revoked) == Set(before.map(\.kid)) && revoked.count == 3)

            let issuer = try await TestIssuer.open(path: path, clock: test.clock, masterKey: byte)
            let after = issuer.signingKeys().filter { $0.state != .revoked }
            #expect(after.map(\.state.rawValue).sorted() == ["announced", "signing"])
            #expect(Set(after.map(\.kid)).isDisjoint(with: revoked))
            let standing = issuer.keyRing.standing
            #expect(standing.sequence > sequence && standing.sequence >= test.clock.now.seconds)
            #expect(try await issuer.verifyAudit().allSatisfy { $0.fault == nil })
            try await issuer.close()
        }
    }

    @Test("keep their keys where that is asked for, and only with their master key")
    func kept() async throws {
        try await withTemporaryFolder { folder in
            let (path, test) = try await Self.used(folder)
            let before = test.issuer.jwks()
            let store = try SQLiteStore.open(path: path)
            await #expect(throws: IssuerError.self) {
                try await RestoreBooks.run(
                    on: store, masterKey: Self.masterKey("17"), settings: .test, keepingSigningKeys: true,
                    at: test.clock.now)
            }
            let revoked = try await RestoreBooks.run(
                on: store, masterKey: Self.masterKey("5a"), settings: .test, keepingSigningKeys: true,
                at: test.clock.now
            ).revokedKeys
            try await store.close()
            #expect(revoked.isEmpty)
            let issuer = try await TestIssuer.open(path: path, clock: test.clock)
            #expect(issuer.jwks() == before)
            try await issuer.close()
        }
    }
}
