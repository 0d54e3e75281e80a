import Synchronization
import Testing

@testable import Verifier

/// A verifier whose host notes what it is asked for. Fresh for 100 s (a refresh is due at 80), stale after 1,000 s.
private final class Asked: Sendable {
    let time = TestClock()
    private let kids = Mutex<[String]>([])

    /// What the host was asked for since the last look; "" is a refresh.
    func look() -> [String] {
        kids.withLock { kids in
            defer { kids = [] }
            return kids
        }
    }

    func note(_ keyID: Span<UInt8>) {
        let text = String(copying: keyID)
        kids.withLock { $0.append(text) }
    }

    func verifier(
        polls: Bool = false, _ change: (inout TokenVerifier.Options) -> Void = { _ in }
    ) throws -> TokenVerifier {
        var options = TokenVerifier.Options(issuer: Sample.issuer, audiences: [Sample.audience])
        options.clock = time.clock
        options.random = { 80_000 }
        options.keysFreshSeconds = 100
        options.keysMaxStaleSeconds = 1_000
        if !polls { options.keysWanted = { self.note($0) } }
        change(&options)
        return try TokenVerifier(options: options)
    }

    func install(_ verifier: TokenVerifier, _ key: TestKey = .shared, maxAge: UInt32? = nil) throws {
        try verifier.install(
            jwks: #"{"keys":[\#(key.jwk)]}"#, fetchedAt: time.wallSeconds, maxAgeSeconds: maxAge)
    }

    func expect(_ status: VerificationStatus, _ verifier: TokenVerifier) {
        do throws(VerifyError) {
            _ = try verifier.verify(Sample.token(payload: Sample.payload(exp: Sample.now + 100_000)), charge: charge)
            #expect(status == .ok)
        } catch {
            #expect(status == error.status)
        }
    }

    private let charge: Charge
    init() throws { charge = try Sample.charge() }
}

/// The keys that an audit is told of.
private final class HeardKeyIDs: AuditSink {
    private let heard = Mutex<[String?]>([])
    var keyIDs: [String?] { heard.withLock { $0 } }

    func record(_ decision: borrowing Decision) {
        let keyID = decision.keyID
        heard.withLock { $0.append(keyID) }
    }
}

/// A source of one document, or of none.
private final class OneDocument: KeySource {
    private let keys: FetchedKeys?
    init(_ keys: FetchedKeys?) { self.keys = keys }

    func fetch() throws(VerifyError) -> FetchedKeys {
        guard let keys else { throw VerifyError(.io) }
        return keys
    }
}

@Suite struct `Asking for keys` {
    @Test func `before the first installation the host is asked once a cooldown, with the token's kid`() throws {
        let asked = try Asked()
        let verifier = try asked.verifier()
        asked.expect(.noKeys, verifier)
        #expect(asked.look() == [TestKey.shared.kid])
        for _ in 0..<100 { asked.expect(.noKeys, verifier) }
        asked.time.pass(milliseconds: 29_999)
        asked.expect(.noKeys, verifier)
        #expect(asked.look() == [])
        asked.time.pass(milliseconds: 1)
        for _ in 0..<100 { asked.expect(.noKeys, verifier) }
        #expect(asked.look() == [TestKey.shared.kid])
    }

    @Test func `an unknown kid asks at once, and then not before the cooldown, not even after an installation`() throws
    {
        let asked = try Asked()
        let verifier = try asked.verifier()
        try asked.install(verifier, .other)
        for _ in 0..<100 { asked.expect(.unknownKey, verifier) }
        #expect(asked.look() == [TestKey.shared.kid])
        try asked.install(verifier, .other)
        asked.time.pass(milliseconds: 29_999)
        asked.expect(.unknownKey, verifier)
        #expect(asked.look() == [])
        asked.time.pass(milliseconds: 1)
        asked.expect(.unknownKey, verifier)
        #expect(asked.look() == [TestKey.shared.kid])
    }

    @Test func `a refresh that is due is asked for without a kid, and the keys serve on`() throws {
        let asked = try Asked()
        let verifier = try asked.verifier()
        try asked.install(verifier)
        asked.time.pass(milliseconds: 79_999)
        asked.expect(.ok, verifier)
        #expect(asked.look() == [])
        asked.time.pass(milliseconds: 1)
        for _ in 0..<100 { asked.expect(.ok, verifier) }
        #expect(asked.look() == [""])
        try asked.install(verifier)
        asked.time.pass(milliseconds: 79_999)
        asked.expect(.ok, verifier)
        #expect(asked.look() == [])
    }

    @Test func `a refused token asks too, once a refresh is due`() throws {
        let asked = try Asked()
        let verifier = try asked.verifier()
        try asked.install(verifier)
        asked.time.pass(milliseconds: 80_000)
        var token = Array(Sample.token().utf8)
        token[token.count - 10] = token[token.count - 10] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        #expect(throws: VerifyError(.signature)) { try verifier.verifyJWS(String(decoding: token, as: UTF8.self)) }
        #expect(asked.look() == [""])
    }

    @Test func `an unknown kid is named though a refresh is due`() throws {
        let asked = try Asked()
        let verifier = try asked.verifier()
        try asked.install(verifier, .other)
        asked.time.pass(milliseconds: 80_000)
        asked.expect(.unknownKey, verifier)
        #expect(asked.look() == [TestKey.shared.kid])
    }

    @Test func `stale keys ask with the token's kid`() throws {
        let asked = try Asked()
        let verifier = try asked.verifier()
        try asked.install(verifier)
        asked.time.pass(milliseconds: 1_000_000)
        asked.expect(.ok, verifier)
        #expect(asked.look() == [""])
        asked.time.pass(milliseconds: 30_000)
        asked.expect(.keysStale, verifier)
        #expect(asked.look() == [TestKey.shared.kid])
    }

    @Test func `an audit is told no kid of a token whose key is not installed`() throws {
        let asked = try Asked()
        let heard = HeardKeyIDs()
        let verifier = try asked.verifier { $0.audit = heard }
        asked.expect(.noKeys, verifier)
        try asked.install(verifier, .other)
        asked.expect(.unknownKey, verifier)
        try verifier.install(jwks: Sample.jwks, fetchedAt: Sample.now)
        asked.expect(.ok, verifier)
        #expect(heard.keyIDs == [nil, nil, TestKey.shared.kid])
    }

    @Test func `a refresh installs what its source fetched, with its age and its max-age`() throws {
        let asked = try Asked()
        let verifier = try asked.verifier(polls: true)
        let keys = FetchedKeys(
            document: Array(Sample.jwks.utf8), fetchedAt: asked.time.wallSeconds - 5, maxAgeSeconds: 50)
        try verifier.refresh(from: OneDocument(keys))
        asked.expect(.ok, verifier)
        #expect(try verifier.health().ageSeconds == 5)
        #expect(try verifier.refreshDueInMilliseconds() == 35_000)
    }

    @Test func `a source that fails is a failed attempt, and one that fetched rubbish another`() throws {
        let asked = try Asked()
        let verifier = try asked.verifier(polls: true)
        #expect(throws: VerifyError(.io)) { try verifier.refresh(from: OneDocument(nil)) }
        #expect(try verifier.health().failedAttempts == 1)
        let rubbish = FetchedKeys(document: [1, 2, 3], fetchedAt: asked.time.wallSeconds)
        #expect(throws: VerifyError(.jwks)) { try verifier.refresh(from: OneDocument(rubbish)) }
        #expect(try verifier.health().failedAttempts == 2)
    }

    @Test func `what comes before the key asks for nothing`() throws {
        let asked = try Asked()
        let verifier = try asked.verifier()
        for token in ["", "x.y.z", TestKey.shared.sign(header: #"{"alg":"none","kid":"a"}"#, payload: "{}")] {
            #expect(throws: VerifyError.self) { try verifier.verifyJWS(token) }
        }
        #expect(asked.look() == [])
    }

    @Test func `attempts that bring nothing back off, however they fail`() throws {
        let asked = try Asked()
        let verifier = try asked.verifier { $0.keysCooldownSeconds = 0 }
        let failures: [() -> Void] = [
            {},  // the host never answers
            { verifier.refreshFailed() },
            { _ = try? verifier.install(jwks: #"{"keys":[]}"#, fetchedAt: Sample.now) },
            { _ = try? verifier.loadKeys(path: "/nowhere/keys.json") },
        ]
        for (attempt, wait) in [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000].enumerated() {
            asked.expect(.noKeys, verifier)
            #expect(asked.look() == [TestKey.shared.kid])
            failures[attempt % failures.count]()
            #expect(try verifier.refreshDueInMilliseconds() == Int64(wait))
            asked.time.pass(milliseconds: Int64(wait) - 1)
            asked.expect(.noKeys, verifier)
            #expect(asked.look() == [])
            asked.time.pass(milliseconds: 1)
        }
        try asked.install(verifier)
        #expect(try verifier.health().failedAttempts == 0)
    }

    @Test func `a host may install keys while it is asked`() throws {
        let asked = try Asked()
        let one = Mutex<TokenVerifier?>(nil)
        let verifier = try asked.verifier {
            $0.keysWanted = { kid in
                asked.note(kid)
                let verifier = one.withLock { $0 }
                if let verifier { try? asked.install(verifier) }
            }
        }
        one.withLock { $0 = verifier }
        asked.expect(.noKeys, verifier)  // decided before
        asked.expect(.ok, verifier)
        asked.time.pass(milliseconds: 80_000)
        asked.expect(.ok, verifier)
        #expect(asked.look() == [TestKey.shared.kid, ""])
        #expect(try verifier.health().freshness == .fresh)
        one.withLock { $0 = nil }
    }

    @Test func `a wall clock that jumps ahead ends the wait, and one that goes back does not`() throws {
        let asked = try Asked()
        let verifier = try asked.verifier()
        asked.expect(.noKeys, verifier)
        asked.time.setWall(Sample.now + 29)
        asked.expect(.noKeys, verifier)
        asked.time.setWall(Sample.now - 5_000)
        asked.expect(.noKeys, verifier)
        #expect(asked.look().count == 1)
        asked.time.setWall(Sample.now + 30)
        asked.expect(.noKeys, verifier)
        #expect(asked.look().count == 1)
        asked.time.setWall(0)
        asked.time.pass(milliseconds: 30_000)
        asked.expect(.noKeys, verifier)
        #expect(asked.look().count == 1)
    }
}

@Suite struct `Polling for refreshes` {
    @Test func `a refresh is due at once without keys, and then as their age says`() throws {
        let asked = try Asked()
        let verifier = try asked.verifier(polls: true)
        #expect(try verifier.refreshDueInMilliseconds() == 0)
        try asked.install(verifier)
        #expect(try verifier.refreshDueInMilliseconds() == 80_000)
        asked.time.pass(milliseconds: 79_999)
        #expect(try verifier.refreshDueInMilliseconds() == 1)
        asked.time.pass(milliseconds: 1)
        #expect(try verifier.refreshDueInMilliseconds() == 0)
        try asked.install(verifier)
        #expect(try verifier.refreshDueInMilliseconds() == 80_000)
    }

    @Test func `an unknown kid makes a refresh due, and a flood of them one a cooldown`() throws {
        let asked = try Asked()
        let verifier = try asked.verifier(polls: true)
        try asked.install(verifier, .other)
        asked.expect(.unknownKey, verifier)
        #expect(try verifier.refreshDueInMilliseconds() == 0)
        try asked.install(verifier, .other)
        #expect(try verifier.refreshDueInMilliseconds() == 80_000)
        asked.expect(.unknownKey, verifier)
        #expect(try verifier.refreshDueInMilliseconds() == 30_000)
        asked.time.pass(milliseconds: 29_999)
        #expect(try verifier.refreshDueInMilliseconds() == 1)
        asked.time.pass(milliseconds: 1)
        #expect(try verifier.refreshDueInMilliseconds() == 0)
    }

    @Test func `a max-age of 0 is due at once, and then once a cooldown`() throws {
        let asked = try Asked()
        let verifier = try asked.verifier(polls: true)
        try asked.install(verifier, maxAge: 0)
        #expect(try verifier.refreshDueInMilliseconds() == 0)
        try asked.install(verifier, maxAge: 0)
        #expect(try verifier.refreshDueInMilliseconds() == 30_000)
    }

    @Test func `a shorter max-age makes the next refresh due sooner, a longer one not later`() throws {
        let asked = try Asked()
        let verifier = try asked.verifier(polls: true)
        try asked.install(verifier, maxAge: 10)
        #expect(try verifier.refreshDueInMilliseconds() == 8_000)
        try asked.install(verifier, maxAge: 1_000)
        #expect(try verifier.refreshDueInMilliseconds() == 80_000)
    }

    @Test func `a refused document backs off while a refresh is due, and changes nothing while none is`() throws {
        let asked = try Asked()
        let verifier = try asked.verifier(polls: true)
        try asked.install(verifier)
        #expect(throws: VerifyError(.jwks)) { try verifier.install(jwks: "{}", fetchedAt: Sample.now) }
        #expect(try verifier.refreshDueInMilliseconds() == 80_000)
        #expect(try verifier.health().failedAttempts == 0)
        asked.time.pass(milliseconds: 80_000)
        #expect(throws: VerifyError(.jwks)) { try verifier.install(jwks: "{}", fetchedAt: Sample.now) }
        #expect(try verifier.refreshDueInMilliseconds() == 30_000)
        #expect(try verifier.health().failedAttempts == 1)
        #expect(throws: VerifyError(.argument)) { try verifier.install(jwks: Sample.jwks, fetchedAt: -1) }
        #expect(try verifier.health().failedAttempts == 1)
        #expect(throws: VerifyError(.rollback)) { try verifier.install(jwks: Sample.jwks, fetchedAt: 5) }
        #expect(try verifier.health().failedAttempts == 2)
        asked.expect(.ok, verifier)
    }

    @Test func `a first start without a file is no failed attempt, and a file that cannot be reloaded is one`() throws {
        let asked = try Asked()
        let verifier = try asked.verifier(polls: true)
        #expect(throws: VerifyError(.io)) { try verifier.loadKeys(path: "/nowhere/keys.json") }
        #expect(try verifier.refreshDueInMilliseconds() == 0)
        try asked.install(verifier)
        asked.time.pass(milliseconds: 80_000)
        #expect(throws: VerifyError(.io)) { try verifier.loadKeys(path: "/nowhere/keys.json") }
        #expect(try verifier.refreshDueInMilliseconds() == 30_000)
    }

    @Test func `an old set, as from a file, is due at once, and asks at the first verification`() throws {
        let asked = try Asked()
        let verifier = try asked.verifier()
        try verifier.install(jwks: Sample.jwks, fetchedAt: Sample.now - 80)
        #expect(try verifier.refreshDueInMilliseconds() == 0)
        asked.expect(.ok, verifier)
        #expect(asked.look() == [""])
    }

    @Test func `a clock that fails tells no time, and a failure then counts for nothing`() throws {
        let asked = try Asked()
        let verifier = try asked.verifier(polls: true)
        try asked.install(verifier)
        asked.time.setWall(-1)
        #expect(throws: VerifyError(.internalFailure)) { try verifier.refreshDueInMilliseconds() }
        #expect(throws: VerifyError(.internalFailure)) { try verifier.health() }
        verifier.refreshFailed()
        asked.time.setWall(Sample.now)
        #expect(try verifier.health().failedAttempts == 0)
    }
}

@Suite struct `The health of the keys` {
    @Test func `an empty verifier`() throws {
        let asked = try Asked()
        let health = try asked.verifier().health()
        #expect(
            health
                == KeyHealth(
                    freshness: .none, keyCount: 0, leftOutCount: 0, sequence: nil, fetchedAt: 0, ageSeconds: 0,
                    refreshDueInMilliseconds: 0, staleInSeconds: 0, lacksKey: false, failedAttempts: 0,
                    installedCount: 0, refusedCount: 0, clockSetBackSeconds: 0))
    }

    @Test func `everything that it tells`() throws {
        let asked = try Asked()
        let verifier = try asked.verifier()
        let weak = #"{"kty":"RSA","kid":"weak","n":"AQAB","e":"AQAB"}"#
        try verifier.install(
            jwks: #"{"keys":[\#(TestKey.other.jwk),\#(weak)],"sequence":12}"#, fetchedAt: Sample.now - 50)
        #expect(throws: VerifyError(.rollback)) { try asked.install(verifier) }
        asked.expect(.unknownKey, verifier)
        verifier.refreshFailed()
        verifier.refreshFailed()
        asked.time.pass(milliseconds: 40_900)
        asked.time.setWall(Sample.now)
        #expect(
            try verifier.health()
                == KeyHealth(
                    freshness: .due, keyCount: 1, leftOutCount: 1, sequence: 12, fetchedAt: Sample.now - 50,
                    ageSeconds: 90, refreshDueInMilliseconds: 0, staleInSeconds: 910, lacksKey: true,
                    failedAttempts: 2, installedCount: 1, refusedCount: 1, clockSetBackSeconds: 40))
        asked.time.pass(milliseconds: 909_000)
        #expect(try verifier.health().staleInSeconds == 1)
        asked.time.pass(milliseconds: 1000)
        #expect(try verifier.health().staleInSeconds == 0)
        #expect(try verifier.health().freshness == .due)
        asked.time.pass(milliseconds: 1000)
        #expect(try verifier.health().staleInSeconds == 0)
        #expect(try verifier.health().freshness == .stale)
    }
}
