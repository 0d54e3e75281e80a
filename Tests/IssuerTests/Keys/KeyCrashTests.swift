import Foundation
import StoreFixtures
import Synchronization
import Testing

@testable import Issuer

/// What a process that dies in the middle of a change of keys leaves behind.
@Suite struct KeyCrashTests {
    static let start = Instant(rfc3339: "2026-03-02T10:00:00.000Z")!
    static let day: Int64 = 86_400

    struct Transition: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var history: @Sendable (KeyRing) async throws -> Void = { _ in }
        let change: @Sendable (KeyRing) async throws -> Void
    }

    static let transitions: [Transition] = [
        Transition(testDescription: "a rotation that somebody asked for") { ring in
            _ = try await ring.rotate(now: start)
        },
        Transition(testDescription: "a rotation by schedule") { ring in
            try await ring.tick(now: start.adding(seconds: 30 * day))
        },
        Transition(
            testDescription: "a retired key that goes", history: { _ = try await $0.rotate(now: start) },
            change: { try await $0.tick(now: start.adding(seconds: 8 * day)) }),
        Transition(testDescription: "the revocation of the key that signs") { ring in
            _ = try await ring.revoke(kid: ring.signingKeyID, now: start)
        },
        Transition(testDescription: "the revocation of the announced key") { ring in
            let announced = try #require(ring.standing.infos.first { $0.state == .announced })
            _ = try await ring.revoke(kid: announced.kid, now: start)
        },
        Transition(
            testDescription: "the revocation of a retired key", history: { _ = try await $0.rotate(now: start) },
            change: { ring in
                let retired = try #require(ring.standing.infos.first { $0.state == .retired })
                _ = try await ring.revoke(kid: retired.kid, now: start)
            }),
    ]

    private static func books(_ store: any Store) -> KeyBooks {
        KeyBooks(
            store: store, masterKey: KeyFixtures.masterKey, algorithm: .es256, schedule: RotationSchedule(),
            makeKey: { (algorithm) async throws in try SigningKey.generate(algorithm) })
    }

    /// One key signs, one is announced, the published ones alone have a private part, and the log tells of it all.
    private static func expectSound(_ store: any Store, _ context: Comment) async throws -> [SigningKeyInfo] {
        let ring = try await KeyRing.open(books(store), now: start)
        let keys = ring.standing.infos
        #expect(keys.count { $0.state == .signing } == 1, context)
        #expect(keys.count { $0.state == .announced } == 1, context)
        _ = try ring.sign(SignedClaims(kid: ring.signingKeyID, typ: .authorization, payload: "{}"))
        let privates = try await store.globalTransaction { try SigningKeys.contents(in: $0).privates.keys.sorted() }
        #expect(privates == keys.filter { $0.state != .revoked }.map(\.kid).sorted(), context)
        let chains = try await AuditVerification(store: store).chains()
        #expect(chains.allSatisfy { $0.fault == nil } && chains.map(\.companyID) == [.issuer], context)
        return keys
    }

    @Test("a write that fails changes nothing, and the change can be made again", arguments: transitions)
    func failingWrite(_ transition: Transition) async throws {
        let store = try await opened(":memory:")
        let ring = try await KeyRing.open(Self.books(store), now: Self.start)
        try await transition.history(ring)
        let before = try await Self.expectSound(store, "before")
        let failures = try await ProbedStore.failing(store) { failing in
            let other = try await KeyRing.open(Self.books(failing), now: Self.start)
            failing.arm()
            try await transition.change(other)
        } afterFailure: { (write) async throws in
            #expect(try await Self.expectSound(store, "failed at write \(write)") == before)
        }
        #expect(failures >= 3)
        #expect(try await Self.expectSound(store, "after") != before)
    }

    @Test(
        "wherever a crash cuts off the write-ahead log, one key signs",
        .enabled(if: !TestStore.isPostgreSQL, "PostgreSQL's log is its own"), arguments: transitions)
    func tornLog(_ transition: Transition) async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/paitify.db"
            let store = try await opened(path)
            let ring = try await KeyRing.open(Self.books(store), now: Self.start)
            try await transition.history(ring)
            let before = ring.standing.infos
            let whole = try Data(contentsOf: URL(filePath: path + "-wal")).count
            try await transition.change(ring)
            let after = ring.standing.infos
            let (database, log) = (
                try Data(contentsOf: URL(filePath: path)), try Data(contentsOf: URL(filePath: path + "-wal"))
            )
            try await store.close()
            try #require(log.count > whole && before != after)
            // A frame is a header of 24 bytes and a page of 4096; each is cut off before, within and after.
            let frames = Array(stride(from: whole, to: log.count, by: 24 + 4096))
            let cuts: [Int] = frames.flatMap { frame in [frame, frame + 24, frame + 2000] } + [log.count]
            var outcomes: Set<[String]> = []
            for cut in cuts where cut <= log.count {
                let copy = "\(folder)/\(cut).db"
                try database.write(to: URL(filePath: copy))
                try log.prefix(cut).write(to: URL(filePath: copy + "-wal"))
                let reopened = try await opened(copy)
                let keys = try await Self.expectSound(reopened, "cut at \(cut) of \(log.count)")
                #expect(keys == before || keys == after, "cut at \(cut) of \(log.count)")
                outcomes.insert(keys.map { "\($0.kid) \($0.state)" })
                try await reopened.close()
            }
            #expect(outcomes.count == 2, "both before and after were seen")
        }
    }

    @Test("a first start that is interrupted leaves nothing, and the next one makes both keys")
    func firstStart() async throws {
        let store = try await opened(":memory:")
        let failures = try await ProbedStore.failing(store) { failing in
            failing.arm()
            _ = try await KeyRing.open(Self.books(failing), now: Self.start)
        } afterFailure: { (write) async throws in
            let kept = try await store.globalTransaction { try SigningKeys.contents(in: $0) }
            #expect(kept.lives.isEmpty && kept.sequence == 0, "failed at write \(write)")
        }
        #expect(failures >= 5)
        #expect(try await Self.expectSound(store, "after").count == 2)
    }

    private func opened(_ path: String) async throws -> any Store {
        let store = try await TestStore.open(path)
        try await store.globalTransaction { try Migrator.migrate($0) }
        return store
    }
}

/// A store whose n-th write fails, counted from when it is armed, and every one after it: a transaction may be tried again.
final class ProbedStore: Store {
    static let message = "this write was to fail"

    private let store: any Store
    private let left: Mutex<Int?>
    private let failingAt: Int

    init(_ store: any Store, failingAt: Int) {
        self.store = store
        self.failingAt = failingAt
        left = Mutex(nil)
    }

    struct NeverSucceeds: Error {}

    /// Runs `body` with a store whose first write fails, then with one whose second does, and so on, until it succeeds. Gives
    /// how often it failed.
    static func failing(
        _ store: any Store, _ body: (ProbedStore) async throws -> Void, afterFailure: (Int) async throws -> Void
    ) async throws -> Int {
        for write in 0..<100 {
            do {
                try await body(ProbedStore(store, failingAt: write))
                return write
            } catch IssuerError.storage(.unavailable(message)) {
                try await afterFailure(write)
            }
        }
        throw NeverSucceeds()
    }

    func arm() {
        left.withLock { $0 = failingAt }
    }

    fileprivate func write() throws(StorageError) {
        let fails = left.withLock { left in
            guard let count = left else { return false }
            left = max(0, count - 1)
            return count == 0
        }
        if fails { throw .unavailable(Self.message) }
    }

    func transaction<Value: Sendable>(
        for company: CompanyID, foreseeing: [Foreseen],
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await store.transaction(for: company, foreseeing: foreseeing) { try body(ProbedTransaction($0, self)) }
    }

    func globalTransaction<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await store.globalTransaction { try body(ProbedTransaction($0, self)) }
    }

    func close() async throws {
        try await store.close()
    }
}

private final class ProbedTransaction: StoreTransaction {
    private let tx: any StoreTransaction
    private let store: ProbedStore

    var memory: GroupMemory { tx.memory }

    init(_ tx: any StoreTransaction, _ store: ProbedStore) {
        self.tx = tx
        self.store = store
    }

    func execute(_ statement: Statement, _ arguments: [SQLValue]) throws(StorageError) -> [Row] {
        if !statement.sql.hasPrefix("SELECT") { try store.write() }
        return try tx.execute(statement, arguments)
    }
}
