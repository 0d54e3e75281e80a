import StoreFixtures
import Testing

@testable import Issuer

/// The verifier over a real store.
@Suite struct APIKeyVerifierTests {
    static let now = Instant(rfc3339: "2026-03-02T10:00:00.000Z")!
    static let company = CompanyID("co_01k3vtest0000000000000000a")!

    let store: any Store
    let secret: APIKeySecret

    init() async throws {
        store = try await TestStore.open()
        secret = try APIKeySecret.random(for: .live)
        try await store.globalTransaction { tx in
            try Migrator.migrate(tx)
            try Companies.insert(Self.company, name: try Name("Acme"), at: Self.now, in: tx)
        }
        try await add(secret, Self.keyID(1))
    }

    static func keyID(_ number: UInt64) -> APIKeyID {
        APIKeyID(ULID(milliseconds: now.milliseconds, randomHigh: 0, randomLow: number))
    }

    func add(_ secret: APIKeySecret, _ id: APIKeyID, expiresAt: Instant? = nil) async throws {
        let hash = try Bcrypt.hash(secret.text, cost: 4)
        try await store.transaction(for: Self.company) { tx in
            try APIKeys.insert(
                APIKey(
                    id: id, environment: secret.environment, name: try Name("Key"), prefix: secret.prefix,
                    scopes: [.authorize, .read], agentID: nil, createdAt: Self.now, expiresAt: expiresAt,
                    lastUsedAt: nil),
                hash: hash, tag: secret.tag, of: Self.company, in: tx)
        }
    }

    func verifier(width: Int = 1, lineMax: Int = 8) -> APIKeyVerifier {
        APIKeyVerifier(store: store, pool: BcryptPool(width: width, lineMax: lineMax))
    }

    /// The same key with its last character changed.
    func wrong(_ last: Character) -> String {
        String(secret.text.dropLast()) + String(secret.text.last == last ? "_" : last)
    }

    @Test("a key's principal is what the books say of the key")
    func principal() async throws {
        let principal = try await verifier().authenticate(apiKey: secret.text, now: Self.now)
        #expect(
            principal
                == Principal(
                    companyID: Self.company, environment: .live, credential: .apiKey(Self.keyID(1)),
                    scopes: [.authorize, .read],
                    agentID: nil, expiresAt: nil, keyVersion: 0))
    }

    @Test("a key that is malformed, unknown or wrong opens nothing, before and after the right one did")
    func refused() async throws {
        let verifier = verifier()
        let unknown = try APIKeySecret.random(for: .live).text
        let otherWorld = secret.text.replacing("ag_live_", with: "ag_test_")
        for round in 1...2 {
            for text in [
                "", "x", unknown, otherWorld, wrong("a"), wrong("b"), secret.text + "a", secret.text.lowercased(),
            ] {
                await #expect(throws: IssuerError.unauthenticated, "round \(round)") {
                    try await verifier.authenticate(apiKey: text, now: Self.now)
                }
            }
            _ = try await verifier.authenticate(apiKey: secret.text, now: Self.now)
        }
    }

    @Test("many first uses of one key are one bcrypt: a pool with no line serves them all")
    func coalesced() async throws {
        let verifier = verifier(width: 1, lineMax: 0)
        let principals = try await withThrowingTaskGroup(of: Credential.self) { group in
            for _ in 0..<50 {
                group.addTask { try await verifier.authenticate(apiKey: secret.text, now: Self.now).credential }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(principals == Array(repeating: .apiKey(Self.keyID(1)), count: 50))
    }

    @Test("a key expires at its instant, also when it is remembered")
    func expiry() async throws {
        let secret = try APIKeySecret.random(for: .test)
        let end = Self.now.adding(seconds: 60)
        try await add(secret, Self.keyID(2), expiresAt: end)
        let verifier = verifier()
        let last = Instant(milliseconds: end.milliseconds - 1)
        #expect(try await verifier.authenticate(apiKey: secret.text, now: last).environment == .test)
        for _ in 1...2 {
            await #expect(throws: IssuerError.unauthenticated) {
                try await verifier.authenticate(apiKey: secret.text, now: end)
            }
        }
        await #expect(throws: IssuerError.unauthenticated) {
            try await self.verifier().authenticate(apiKey: secret.text, now: end)
        }
    }

    @Test("a revoked key is refused once it is forgotten, and by who never knew it")
    func revoked() async throws {
        let verifier = verifier()
        _ = try await verifier.authenticate(apiKey: secret.text, now: Self.now)
        let revoked = try await store.transaction(for: Self.company) { tx in
            try APIKeys.revoke(Self.keyID(1), of: Self.company, visibleFrom: .live, at: Self.now, in: tx)
        }
        #expect(revoked != nil)
        verifier.forget(Self.keyID(1))
        for verifier in [verifier, self.verifier()] {
            await #expect(throws: IssuerError.unauthenticated) {
                try await verifier.authenticate(apiKey: secret.text, now: Self.now)
            }
        }
    }

    @Test("a remembered key learns the company's key version")
    func refreshed() async throws {
        let verifier = verifier()
        _ = try await verifier.authenticate(apiKey: secret.text, now: Self.now)
        verifier.refresh(Self.keyID(1), keyVersion: 7)
        #expect(try await verifier.authenticate(apiKey: secret.text, now: Self.now).keyVersion == 7)
        verifier.forget(Self.keyID(1))
        #expect(try await verifier.authenticate(apiKey: secret.text, now: Self.now).keyVersion == 0)
    }

    @Test("a busy key's use is written down once a minute, the latest of them, and at the end whatever is left")
    func lastUse() async throws {
        let verifier = verifier()
        func use(_ seconds: Int64...) async throws {
            for seconds in seconds {
                _ = try await verifier.authenticate(apiKey: secret.text, now: Self.now.adding(seconds: seconds))
            }
        }
        func written(_ seconds: Int64, all: Bool = false) -> [Int64] {
            verifier.usesToWrite(at: Self.now.adding(seconds: seconds), all: all)
                .map { $0.at.seconds - Self.now.seconds }
        }
        try await use(0, 5, 3)
        #expect(written(5) == [5])
        #expect(written(5).isEmpty && written(5, all: true).isEmpty)
        try await use(6)
        #expect(written(64).isEmpty, "59 s after")
        #expect(written(65) == [6], "60 s after")
        try await use(70)
        #expect(written(71, all: true) == [70])
        #expect(written(1000).isEmpty)
        try await use(1001)
        #expect(written(1001) == [1001])
    }

    @Test("a key is listed with its last use, before that is written down")
    func listedUse() async throws {
        let verifier = verifier()
        _ = try await verifier.authenticate(apiKey: secret.text, now: Self.now)
        let listed = try await store.transaction(for: Self.company) { tx in
            try APIKeys.page(Page(), of: Self.company, visibleFrom: .live, in: tx)
        }
        let key = try #require(listed.first)
        #expect(key.lastUsedAt == nil && verifier.addingLastUse(to: key).lastUsedAt == Self.now)
        var later = key
        later.lastUsedAt = Self.now.adding(seconds: 1)
        #expect(verifier.addingLastUse(to: later) == later)
    }

    @Test("a wrong secret is refused without bcrypt: a pool that takes nobody does not keep it waiting")
    func tag() async throws {
        let gate = Gate()
        let pool = BcryptPool(width: 1, lineMax: 0)
        let verifier = APIKeyVerifier(store: store, pool: pool)
        async let busy = pool.run { gate.pass(1) }
        await gate.waitForArrivals(1)
        for last in "abc" {
            await #expect(throws: IssuerError.unauthenticated) {
                try await verifier.authenticate(apiKey: wrong(last), now: Self.now)
            }
        }
        // The right one needs bcrypt, which is taken.
        await #expect(throws: IssuerError.busy) { try await verifier.authenticate(apiKey: secret.text, now: Self.now) }
        gate.open()
        _ = try await busy
        _ = try await verifier.authenticate(apiKey: secret.text, now: Self.now)
    }

    @Test("a key from before there were tags opens what it opened, and has one from then on")
    func oldKey() async throws {
        try await store.globalTransaction { tx in
            _ = try tx.execute(Statement("UPDATE api_key_prefixes SET tag = NULL"), [])
        }
        await #expect(throws: IssuerError.unauthenticated) {
            try await verifier().authenticate(apiKey: wrong("a"), now: Self.now)
        }
        let prefix = secret.prefix
        func tag() async throws -> [UInt8]? {
            try await store.globalTransaction { try APIKeys.owner(ofPrefix: prefix, in: $0)?.tag }
        }
        #expect(try await tag() == nil)
        _ = try await verifier().authenticate(apiKey: secret.text, now: Self.now)
        #expect(try await tag() == secret.tag)
        _ = try await verifier().authenticate(apiKey: secret.text, now: Self.now)
    }

    @Test("only a key that was verified is remembered")
    func remembered() async throws {
        let verifier = verifier()
        #expect(try verifier.remembered(apiKey: secret.text, now: Self.now) == nil)
        let principal = try await verifier.authenticate(apiKey: secret.text, now: Self.now)
        #expect(try verifier.remembered(apiKey: secret.text, now: Self.now) == principal)
        for other in ["", wrong("a")] { #expect(try verifier.remembered(apiKey: other, now: Self.now) == nil) }
    }

    @Test("a hash that the verifier made verifies")
    func hashes() async throws {
        let hash = try await verifier().hash(secret, cost: 4, for: nil)
        #expect(Bcrypt.verify(secret.text, hash))
    }

    @Test("making keys takes a part of the line, and a company's own making a part of that")
    func making() async throws {
        let pool = BcryptPool(width: 1, lineMax: 32)
        let verifier = APIKeyVerifier(store: store, pool: pool)
        let gate = Gate()
        async let busy = pool.run { gate.pass(1) }
        await gate.waitForArrivals(1)
        let other = CompanyID("co_01k3vtest0000000000000000b")!
        let made = { (company: CompanyID?) in
            Task { try await verifier.hash(APIKeySecret.random(for: .live), cost: 4, for: company) }
        }
        let own = (0..<APIKeyVerifier.makingPerCompanyMax).map { _ in made(Self.company) }
        #expect(await comes { verifier.waitingCount >= own.count })
        await #expect(throws: IssuerError.busy) { _ = try await made(Self.company).value }
        let others = (own.count..<APIKeyVerifier.makingMax).map { _ in made(other) }
        #expect(await comes { verifier.waitingCount >= APIKeyVerifier.makingMax })
        await #expect(throws: IssuerError.busy) { _ = try await made(nil).value }

        // A right key that was not seen before has its place.
        let asked = Task { try await verifier.authenticate(apiKey: secret.text, now: Self.now) }
        #expect(await comes { verifier.waitingCount > APIKeyVerifier.makingMax })
        gate.open()
        _ = try await (busy, asked.value)
        for key in own + others { _ = try await key.value }
        #expect(try await !made(Self.company).value.isEmpty)
    }
}

@Suite struct APIKeyMemoryTests {
    private func secret(_ prefix: Character, _ rest: Character) throws -> APIKeySecret {
        try #require(
            APIKeySecret("ag_live_" + String(repeating: prefix, count: 12) + String(repeating: rest, count: 32)))
    }

    private func standing(_ memory: inout APIKeyMemory, _ secret: APIKeySecret, _ starts: inout Int)
        -> APIKeyMemory.Standing
    {
        memory.standing(APIKeyMemory.Fingerprint(secret), prefix: secret.prefix) {
            starts += 1
            return Task { .unknown }
        }
    }

    @Test("one check for one key, and a few at once for one prefix")
    func checks() throws {
        var memory = APIKeyMemory()
        var starts = 0
        let rests = Array("abcdefghijklmnop")
        try #require(rests.count == APIKeyMemory.checksPerPrefixMax)
        for rest in rests + rests { _ = standing(&memory, try secret("p", rest), &starts) }
        #expect(starts == rests.count)
        guard case .tooMany = standing(&memory, try secret("p", "z"), &starts) else {
            Issue.record("one check too many for one prefix")
            return
        }
        // Another key's prefix has room.
        guard case .underWay = standing(&memory, try secret("q", "z"), &starts) else {
            Issue.record("no check for another prefix")
            return
        }
        let done = try secret("p", "a")
        memory.conclude(APIKeyMemory.Fingerprint(done), prefix: done.prefix, .unknown)
        guard case .underWay = standing(&memory, try secret("p", "z"), &starts) else {
            Issue.record("no room after a check was over")
            return
        }
        #expect(starts == rests.count + 2)
    }

    @Test("a wrong secret is not checked again; one that could not be checked is")
    func wrongSecrets() throws {
        var memory = APIKeyMemory()
        var starts = 0
        let (wrong, failed) = (try secret("p", "a"), try secret("p", "b"))
        for (secret, verdict) in [(wrong, APIKeyMemory.Verdict.wrongSecret), (failed, .failed(.busy))] {
            _ = standing(&memory, secret, &starts)
            memory.conclude(APIKeyMemory.Fingerprint(secret), prefix: secret.prefix, verdict)
        }
        guard case .wrong = standing(&memory, wrong, &starts), case .underWay = standing(&memory, failed, &starts)
        else {
            Issue.record("remembered the wrong one")
            return
        }
        #expect(starts == 3)
    }
}
