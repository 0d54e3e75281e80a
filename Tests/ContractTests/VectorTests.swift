import PaitifyVerifyHeader
import Synchronization
import Testing
import Verifier

@Suite struct `The contract, as data` {
    static func swiftVerifier(
        _ given: Vectors.Options, replayGuard: (any ReplayGuard)? = nil, wanted: WantedKeys? = nil,
        now: @escaping @Sendable () -> Int64
    ) throws -> TokenVerifier {
        var options = TokenVerifier.Options(issuer: given.issuer ?? "", audiences: given.audiences ?? [])
        options.acceptsTestEnvironment = given.acceptTest ?? false
        options.algorithms = AlgorithmSet(named: given.algorithms ?? [])
        options.leewaySeconds = given.leewayS ?? options.leewaySeconds
        options.maxLifetimeSeconds = given.maxLifetimeS ?? options.maxLifetimeSeconds
        options.maxTokenBytes = given.maxTokenBytes ?? options.maxTokenBytes
        options.keysFreshSeconds = given.keysFreshS ?? options.keysFreshSeconds
        options.keysMaxStaleSeconds = given.keysMaxStaleS ?? options.keysMaxStaleSeconds
        options.replayGuard = replayGuard
        if let wanted { options.keysWanted = { wanted.note($0) } }
        options.clock = Clock(wallSeconds: now, steadyMilliseconds: { 1_000_000 })
        return try TokenVerifier(options: options)
    }

    static func swiftStatus(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "PAITIFY_OK"
        } catch let error as VerifyError {
            return "\(error.status.name)"
        } catch {
            return "\(error)"
        }
    }

    static func charge(_ given: Vectors.Charge) throws -> Charge {
        try Charge(
            amount: given.amount, currency: given.currency, merchantID: given.merchantId,
            transactionID: given.transactionId, matching: given.exact == true ? .exactly : .atMost,
            comparesMerchant: given.anyMerchant != true)
    }

    @Test("tokens give their status in Swift", arguments: try Vectors.tokens.cases)
    func tokensInSwift(_ row: Vectors.TokenCase) throws { try Self.checkInSwift(row, of: Vectors.tokens) }

    @Test("tokens of every algorithm give their status in Swift", arguments: try Vectors.algorithms.cases)
    func algorithmsInSwift(_ row: Vectors.TokenCase) throws { try Self.checkInSwift(row, of: Vectors.algorithms) }

    @Test("tokens give their status in C, and a failure exposes nothing", arguments: try Vectors.tokens.cases)
    func tokensInC(_ row: Vectors.TokenCase) throws { try Self.checkInC(row, of: Vectors.tokens) }

    @Test("tokens of every algorithm give their status in C", arguments: try Vectors.algorithms.cases)
    func algorithmsInC(_ row: Vectors.TokenCase) throws { try Self.checkInC(row, of: Vectors.algorithms) }

    private static func checkInSwift(_ row: Vectors.TokenCase, of file: Vectors.Tokens) throws {
        let guarding = try row.replay.map { try ScriptedGuard(answering: $0) }
        let verifier = try swiftVerifier(
            file.options.changed(by: row.options), replayGuard: guarding, now: { file.now })
        try verifier.install(jwks: file.jwks, fetchedAt: file.now)
        let status = swiftStatus { _ = try verifier.verify(row.token, charge: charge(row.charge ?? file.charge)) }
        #expect(status == row.status)
        if let guarding { #expect(guarding.asked == (row.claimed.map { [$0] } ?? [])) }
    }

    private static func checkInC(_ row: Vectors.TokenCase, of file: Vectors.Tokens) throws {
        let verifier = try CVerifier(file.options.changed(by: row.options), replay: row.replay, now: file.now)
        #expect(verifier.install(file.jwks, fetchedAt: file.now).status == PAITIFY_OK)
        let status = verifier.verify(row.token, row.charge ?? file.charge)
        #expect(statusName(status) == row.status)
        #expect(verifier.exposed.isEmpty == (status != PAITIFY_OK))
        if row.replay != nil { #expect(verifier.claimsAsked == (row.claimed.map { [$0] } ?? [])) }
    }

    @Test("key sets give their status in Swift", arguments: try Vectors.keySets.cases)
    func keySetsInSwift(_ row: Vectors.KeySetCase) throws {
        let file = try Vectors.keySets
        let verifier = try Self.swiftVerifier(file.options.changed(by: row.options), now: { file.now })
        var leftOut = 0
        let status = Self.swiftStatus {
            leftOut = try verifier.install(jwks: row.document, fetchedAt: file.now).count
        }
        #expect(status == row.status)
        #expect(leftOut == row.leftOut)
        guard let token = row.token else { return }
        let tokenStatus = Self.swiftStatus { _ = try verifier.verify(token, charge: Self.charge(file.charge)) }
        #expect(tokenStatus == row.tokenStatus)
    }

    @Test("key sets give their status in C, and a message says what was wrong", arguments: try Vectors.keySets.cases)
    func keySetsInC(_ row: Vectors.KeySetCase) throws {
        let file = try Vectors.keySets
        let verifier = try CVerifier(file.options.changed(by: row.options), now: file.now)
        let (status, message) = verifier.install(Array(row.document.utf8), fetchedAt: file.now)
        #expect(statusName(status) == row.status)
        #expect(message.isEmpty == (status == PAITIFY_OK && row.leftOut == 0))
        guard let token = row.token else { return }
        #expect(statusName(verifier.verify(token, file.charge)) == row.tokenStatus)
    }

    @Test("installations one after another give their status in Swift", arguments: try Vectors.sequences.cases)
    func sequencesInSwift(_ row: Vectors.SequenceCase) throws {
        let file = try Vectors.sequences
        let clock = ManualClock()
        let wanted = WantedKeys()
        let verifier = try Self.swiftVerifier(file.options.changed(by: row.options), wanted: wanted, now: { clock.now })
        for step in row.steps {
            clock.now = step.now
            let status = Self.swiftStatus {
                if let token = step.token {
                    _ = try verifier.verify(token, charge: Self.charge(file.charge))
                } else {
                    try verifier.install(jwks: step.document ?? "", fetchedAt: step.fetchedAt ?? 0)
                }
            }
            #expect(status == step.status)
            guard let keys = step.keys else { continue }
            #expect("\(try verifier.health().freshness)".uppercased() == keys)
            #expect(wanted.take() == step.wanted)
        }
    }

    @Test("installations one after another give their status in C", arguments: try Vectors.sequences.cases)
    func sequencesInC(_ row: Vectors.SequenceCase) throws {
        let file = try Vectors.sequences
        let verifier = try CVerifier(file.options.changed(by: row.options), now: 0)
        for step in row.steps {
            verifier.setNow(step.now)
            let status =
                if let token = step.token {
                    verifier.verify(token, file.charge)
                } else {
                    verifier.install(Array((step.document ?? "").utf8), fetchedAt: step.fetchedAt ?? 0).status
                }
            #expect(statusName(status) == step.status)
            guard let keys = step.keys else { continue }
            #expect(verifier.keys == keys)
            #expect(verifier.takeWanted() == step.wanted)
        }
    }

    @Test("a refused document leaves the installed keys in force", arguments: try Vectors.keySets.cases)
    func refusedDocuments(_ row: Vectors.KeySetCase) throws {
        guard row.status != "PAITIFY_OK" else { return }
        let file = try Vectors.tokens
        let verifier = try Self.swiftVerifier(file.options, now: { file.now })
        try verifier.install(jwks: file.jwks, fetchedAt: file.now)
        #expect(throws: VerifyError.self) { try verifier.install(jwks: row.document, fetchedAt: file.now) }
        _ = try verifier.verify(file.cases[0].token, charge: Self.charge(file.charge))
    }
}

extension AlgorithmSet {
    /// The algorithms of these names.
    init(named names: [String]) {
        self = []
        for (name, algorithm) in [
            ("RS256", AlgorithmSet.rs256), ("PS256", .ps256), ("ES256", .es256), ("EdDSA", .edDSA),
        ] where names.contains(name) {
            insert(algorithm)
        }
    }
}

/// A replay guard that gives one answer, and notes what it is asked.
private final class ScriptedGuard: ReplayGuard {
    private let answer: ReplayAnswer
    private let claims = Mutex<[Vectors.Claim]>([])

    init(answering name: String) throws { answer = try ReplayAnswer(named: name) }

    var asked: [Vectors.Claim] { claims.withLock { $0 } }

    func claim(
        issuer: Span<UInt8>, authorizationID: Span<UInt8>, keepUntil: Int64, transactionID: Span<UInt8>
    ) -> ReplayAnswer {
        let claim = Vectors.Claim(
            issuer: Self.text(issuer), jti: Self.text(authorizationID), expiresAt: keepUntil,
            transactionId: Self.text(transactionID))
        claims.withLock { $0.append(claim) }
        return answer
    }

    private static func text(_ bytes: Span<UInt8>) -> String {
        unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
}

extension ReplayAnswer {
    /// The answer of that name in the vectors.
    init(named name: String) throws {
        let names: [String: ReplayAnswer] = [
            "FIRST": .first, "SAME_TRANSACTION": .sameTransaction, "SEEN": .seen, "UNAVAILABLE": .unavailable,
        ]
        self = try #require(names[name])
    }
}

/// The kids that a verifier asks for.
final class WantedKeys: Sendable {
    private let kids = Mutex<[String]>([])

    func note(_ kid: Span<UInt8>) {
        let kid = unsafe kid.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
        kids.withLock { $0.append(kid) }
    }

    /// Those since the last call.
    func take() -> [String] {
        kids.withLock { kids in
            defer { kids = [] }
            return kids
        }
    }
}

/// A time that a test sets.
private final class ManualClock: Sendable {
    private let seconds = Atomic<Int64>(0)
    var now: Int64 {
        get { seconds.load(ordering: .relaxed) }
        set { seconds.store(newValue, ordering: .relaxed) }
    }
}
