import Foundation
import StoreFixtures
import Synchronization
import Testing

@testable import Issuer

/// The key ring over a real store.
@Suite struct KeyRingTests {
    static let start = Instant(rfc3339: "2026-03-02T10:00:00.000Z")!

    let store: any Store
    let supply = KeyFixtures.Supply()

    init() async throws {
        store = try await TestStore.open()
        try await store.globalTransaction { try Migrator.migrate($0) }
    }

    func books(
        _ masterKey: MasterKey = KeyFixtures.masterKey, store: (any Store)? = nil, period: Int64 = 30 * 86_400
    ) -> KeyBooks {
        KeyBooks(
            store: store ?? self.store, masterKey: masterKey, algorithm: .rs256,
            schedule: RotationSchedule(periodSeconds: period), makeKey: supply.maker)
    }

    func opened(at now: Instant = start) async throws -> KeyRing {
        try await KeyRing.open(books(), now: now)
    }

    /// The key set as a verifier reads it.
    func published(_ document: JWKSDocument) throws -> (kids: [String], sequence: Int) {
        let set = try #require(try JSONSerialization.jsonObject(with: Data(document.body)) as? [String: Any])
        let keys = try #require(set["keys"] as? [[String: String]])
        for key in keys { #expect(Set(key.keys) == ["kty", "kid", "use", "alg", "n", "e"]) }
        return (keys.compactMap { $0["kid"] }, try #require(set["sequence"] as? Int))
    }

    static let sealedKeys = Statement("SELECT kid FROM signing_keys WHERE sealed_private IS NOT NULL")

    func kidsWithPrivatePart() async throws -> Set<String> {
        try await store.globalTransaction { tx in
            Set(try tx.execute(Self.sealedKeys, []).map { (row) throws(StorageError) in try row.text(0) })
        }
    }

    @Test("the first start makes two keys, and the next start finds them")
    func restart() async throws {
        let first = try await opened()
        let set = try published(first.document)
        #expect(set.kids.count == 2 && set.kids[0] == first.signingKeyID)
        #expect(set.sequence == Int(Self.start.seconds))
        let second = try await opened(at: Self.start.adding(seconds: 60))
        #expect(second.document == first.document && second.standing.infos == first.standing.infos)
        #expect(supply.handedOut == 2)
        let claims = SignedClaims(kid: first.signingKeyID, typ: .authorization, payload: "{}")
        #expect(try first.sign(claims) == second.sign(claims))
    }

    @Test("issuers that start at once on one store share its two keys")
    func startRace() async throws {
        let rings = try await withThrowingTaskGroup(of: KeyRing.self) { group in
            for _ in 0..<3 { group.addTask { try await opened() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(rings.map(\.document.etag)).count == 1)
        #expect(Set(rings.map(\.signingKeyID)).count == 1)
    }

    @Test("another master key is refused with what to do, and nothing is changed")
    func wrongMasterKey() async throws {
        let ring = try await opened()
        let error = await #expect(throws: IssuerError.self) {
            try await KeyRing.open(books(KeyFixtures.otherMasterKey), now: Self.start)
        }
        guard case .signing(let sentence) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(sentence.contains("PAITIFY_MASTER_KEY"))
        #expect(try await opened().document == ring.document)
    }

    @Test("after a rotation the announced key signs, and tokens of the old one still verify and can be signed again")
    func rotation() async throws {
        let ring = try await opened()
        let before = try published(ring.document)
        let claims = SignedClaims(kid: ring.signingKeyID, typ: .authorization, payload: "{}")
        let token = try ring.sign(claims)
        let report = try await ring.rotate(now: Self.start.adding(seconds: 600))
        #expect(report.signing == before.kids[1] && report.retired == before.kids[0] && report.warning == nil)
        #expect(ring.signingKeyID == before.kids[1])
        let after = try published(ring.document)
        #expect(after.kids == [report.signing, report.announced, before.kids[0]] && after.sequence > before.sequence)
        #expect(try ring.sign(claims) == token)
        #expect(try await opened().document == ring.document)
    }

    @Test("of two rotations asked for at once, one is carried out")
    func concurrentRotations() async throws {
        let ring = try await opened()
        // Both see the same key sign: the second to reach the store must not promote the key that the first announced.
        let event = ring.rotation(force: true)
        async let one = ring.carryOut(event, by: .command, at: Self.start)
        async let other = ring.carryOut(event, by: .command, at: Self.start)
        let reports = try await [one, other]
        #expect(reports.count { $0.retired == nil } == 1)
        #expect(Set(reports.map(\.signing)) == [ring.signingKeyID])
        #expect(ring.standing.infos.count == 3 && ring.standing.infos.count { $0.state == .retired } == 1)
    }

    @Test(
        "a revoked key is out of the set at once, its private part is destroyed, and its claims are signed by another")
    func revocation() async throws {
        let ring = try await opened()
        let revoked = ring.signingKeyID
        let report = try await ring.revoke(kid: revoked, now: Self.start)
        #expect(report.signing != revoked && report.retired == nil && report.warning == nil)
        #expect(try published(ring.document).kids == [report.signing, report.announced])
        #expect(try await kidsWithPrivatePart() == [report.signing, report.announced])
        #expect(ring.standing.infos.first { $0.kid == revoked }?.state == .revoked)
        let token = try ring.sign(SignedClaims(kid: revoked, typ: .authorization, payload: "{}"))
        let header = try #require(Base64URL.decode(anyAlphabet: token.prefix { $0 != "." }))
        #expect(String(decoding: header, as: UTF8.self).contains(report.signing))
        // Once more, and one that there never was.
        #expect(try await ring.revoke(kid: revoked, now: Self.start).signing == report.signing)
        await #expect(throws: IssuerError.notFound(.signingKey, "none")) {
            try await ring.revoke(kid: "none", now: Self.start)
        }
        #expect(try published(ring.document).kids == [report.signing, report.announced])
    }

    @Test("the schedule is kept by ticks: rotated at the period's end, gone after the last token's")
    func schedule() async throws {
        let ring = try await opened()
        let (first, etag) = (ring.signingKeyID, ring.document.etag)
        let rotated = Self.start.adding(seconds: 30 * 86_400)
        try await ring.tick(now: Instant(milliseconds: rotated.milliseconds - 1))
        #expect(ring.document.etag == etag)
        try await ring.tick(now: rotated)
        #expect(ring.signingKeyID != first)
        #expect(try published(ring.document).kids.contains(first))
        let gone = rotated.adding(seconds: 7 * 86_400 + 3900)
        try await ring.tick(now: Instant(milliseconds: gone.milliseconds - 1))
        #expect(try published(ring.document).kids.contains(first))
        try await ring.tick(now: gone)
        #expect(try !published(ring.document).kids.contains(first))
        #expect(try await !kidsWithPrivatePart().contains(first))
    }

    @Test("what another issuer changed is in force at the next tick")
    func otherIssuer() async throws {
        let (here, there) = (try await opened(), try await opened())
        let report = try await there.rotate(now: Self.start)
        #expect(here.signingKeyID != report.signing)
        try await here.tick(now: Self.start)
        #expect(here.signingKeyID == report.signing && here.document == there.document)
        // Its own rotation, asked for before it learnt of the other's, changes nothing.
        let later = try await opened()
        _ = try await there.revoke(kid: report.signing, now: Self.start)
        let late = try await later.rotate(now: Self.start)
        #expect(late.signing == there.signingKeyID && late.retired == nil && late.warning != nil)
        #expect(later.document == there.document)
    }

    @Test("a change that the store does not take is not in force")
    func failedCommit() async throws {
        let ring = try await opened()
        let failing = try await KeyRing.open(books(store: FailingStore(store)), now: Self.start)
        await #expect(throws: IssuerError.storage(.unavailable("disk full"))) {
            try await failing.rotate(now: Self.start)
        }
        #expect(failing.document == ring.document && failing.signingKeyID == ring.signingKeyID)
        try await ring.tick(now: Self.start)
        #expect(ring.document == failing.document)
    }

    @Test("the entity tag is strong, and changes with the set alone")
    func entityTag() async throws {
        let ring = try await opened()
        let document = ring.document
        #expect(document.etag.first == "\"" && document.etag.last == "\"" && document.maxAgeSeconds == 300)
        try await ring.tick(now: Self.start.adding(seconds: 10))
        #expect(ring.document == document)
        _ = try await ring.rotate(now: Self.start)
        #expect(ring.document.etag != document.etag)
    }

    @Test("a real first start makes real keys, off the cooperative pool")
    func realKeys() async throws {
        let ring = try await KeyRing.open(
            store: store, masterKey: KeyFixtures.masterKey, algorithm: .rs256, jwksMaxAgeSeconds: 60,
            rotationSeconds: 3600, now: Self.start)
        #expect(ring.document.maxAgeSeconds == 60 && ring.standing.infos.count == 2)
    }
}

extension KeyRing {
    /// As the commands do it.
    func rotate(now: Instant) async throws -> RotationReport {
        try await carryOut(rotation(force: true), by: .command, at: now)
    }

    func revoke(kid: String, now: Instant) async throws -> RotationReport {
        try await carryOut(.revocationAsked(kid: kid), by: .command, at: now)
    }
}

/// A store whose transactions that write are undone when they are done.
private struct FailingStore: Store {
    let store: any Store

    init(_ store: any Store) {
        self.store = store
    }

    func transaction<Value: Sendable>(
        for company: CompanyID, foreseeing: [Foreseen],
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await globalTransaction(body)
    }

    func globalTransaction<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await store.globalTransaction { tx in
            let watched = WatchedTransaction(tx)
            let value = try body(watched)
            if watched.hasWritten { throw StorageError.unavailable("disk full") }
            return value
        }
    }

    func close() async throws {}
}

private final class WatchedTransaction: StoreTransaction {
    private let tx: any StoreTransaction
    private(set) var hasWritten = false

    var memory: GroupMemory { tx.memory }

    init(_ tx: any StoreTransaction) {
        self.tx = tx
    }

    func execute(_ statement: Statement, _ arguments: [SQLValue]) throws(StorageError) -> [Row] {
        if !statement.sql.hasPrefix("SELECT") { hasWritten = true }
        return try tx.execute(statement, arguments)
    }
}
