import PaitifyVerifyHeader
import Synchronization
import Testing
import Verifier

@Suite struct `The contract, as data` {
    static func swiftVerifier(_ given: Vectors.Options, acceptsTest: Bool, now: Int64) throws -> TokenVerifier {
        var options = TokenVerifier.Options(issuer: given.issuer, audiences: given.audiences)
        options.acceptsTestEnvironment = acceptsTest
        options.clock = Clock(wallSeconds: { now }, steadySeconds: { 1000 })
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
            matching: given.exact == true ? .exactly : .atMost, comparesMerchant: given.anyMerchant != true)
    }

    @Test("tokens give their status in Swift", arguments: try Vectors.tokens.cases)
    func tokensInSwift(_ row: Vectors.TokenCase) throws {
        let file = try Vectors.tokens
        let verifier = try Self.swiftVerifier(
            file.options, acceptsTest: row.options?.acceptTest ?? false, now: file.now)
        try verifier.install(jwks: file.jwks, fetchedAt: file.now)
        let status = Self.swiftStatus {
            _ = try verifier.verify(row.token, charge: Self.charge(row.charge ?? file.charge))
        }
        #expect(status == row.status)
    }

    @Test("tokens give their status in C, and a failure exposes nothing", arguments: try Vectors.tokens.cases)
    func tokensInC(_ row: Vectors.TokenCase) throws {
        let file = try Vectors.tokens
        let verifier = try CVerifier(file.options, acceptsTest: row.options?.acceptTest ?? false, now: file.now)
        #expect(verifier.install(file.jwks, fetchedAt: file.now).status == PAITIFY_OK)
        let status = verifier.verify(row.token, row.charge ?? file.charge)
        #expect(statusName(status) == row.status)
        #expect(verifier.exposed.isEmpty == (status != PAITIFY_OK))
    }

    @Test("key sets give their status in Swift", arguments: try Vectors.keySets.cases)
    func keySetsInSwift(_ row: Vectors.KeySetCase) throws {
        let file = try Vectors.keySets
        let verifier = try Self.swiftVerifier(file.options, acceptsTest: false, now: file.now)
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
        let verifier = try CVerifier(file.options, acceptsTest: false, now: file.now)
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
        var options = TokenVerifier.Options(issuer: file.options.issuer, audiences: file.options.audiences)
        options.clock = Clock(wallSeconds: { clock.now }, steadySeconds: { 1000 })
        let verifier = try TokenVerifier(options: options)
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
        }
    }

    @Test("a refused document leaves the installed keys in force", arguments: try Vectors.keySets.cases)
    func refusedDocuments(_ row: Vectors.KeySetCase) throws {
        guard row.status != "PAITIFY_OK" else { return }
        let file = try Vectors.tokens
        let verifier = try Self.swiftVerifier(file.options, acceptsTest: false, now: file.now)
        try verifier.install(jwks: file.jwks, fetchedAt: file.now)
        #expect(throws: VerifyError.self) { try verifier.install(jwks: row.document, fetchedAt: file.now) }
        _ = try verifier.verify(file.cases[0].token, charge: Self.charge(file.charge))
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
