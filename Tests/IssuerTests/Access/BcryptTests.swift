import StoreFixtures
import Testing

@testable import Issuer

@Suite struct BcryptTests {
    struct Answer: Sendable, CustomTestStringConvertible {
        let secret: String
        let hash: String
        var testDescription: String { "\"\(secret)\"" }
    }

    /// From the self-test of Openwall's crypt_blowfish, which libxcrypt took bcrypt from.
    static let answers = [
        Answer(secret: "U*U", hash: "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
        Answer(secret: "U*U*", hash: "$2b$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"),
        Answer(secret: "U*U*U", hash: "$2b$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"),
        Answer(secret: "", hash: "$2b$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"),
    ]

    @Test("known secrets have their known hashes, and no other secret does", arguments: answers)
    func knownAnswers(_ answer: Answer) {
        #expect(Bcrypt.verify(answer.secret, answer.hash))
        #expect(!Bcrypt.verify(answer.secret + " ", answer.hash))
        #expect(!Bcrypt.verify(answer.secret, String(answer.hash.dropLast()) + "."))
    }

    @Test("a fresh hash verifies its secret alone, and no two are alike")
    func freshHash() throws {
        let hash = try Bcrypt.hash("secret", cost: 4)
        #expect(hash.hasPrefix("$2b$04$") && hash.utf8.count == 60)
        #expect(Bcrypt.verify("secret", hash) && !Bcrypt.verify("Secret", hash))
        #expect(try Bcrypt.hash("secret", cost: 4) != hash)
    }

    @Test("every character of a key counts, the last one too")
    func wholeKey() throws {
        let text = "ag_live_" + APIKeySecretTests.body
        let hash = try Bcrypt.hash(text, cost: 4)
        #expect(!Bcrypt.verify(String(text.dropLast()) + "i", hash))
        #expect(text.utf8.count <= 72)
    }

    @Test("what is no hash verifies nothing", arguments: ["", "*0", "$2b$", "$2b$99$CCCCCCCCCCCCCCCCCCCCC.", "plain"])
    func noHash(_ hash: String) {
        #expect(!Bcrypt.verify("secret", hash))
    }
}

@Suite struct BcryptPoolTests {
    @Test("no more than its width run at once, no more than its line wait, and the rest are told so")
    func bounds() async throws {
        let pool = BcryptPool(width: 2, lineMax: 3)
        let gate = Gate()
        let jobs = (0..<5).map { number in Task { try await pool.run { gate.pass(number) } } }
        // Two stand at the gate and three wait: only then is the line full.
        await gate.waitForArrivals(2)
        #expect(await comes { pool.waitingCount >= 3 })
        await #expect(throws: IssuerError.busy) { try await pool.run { 9 } }
        #expect(gate.arrivals == 2)
        gate.open()
        var results: Set<Int> = []
        for job in jobs { results.insert(try await job.value) }
        #expect(results == Set(0..<5) && gate.mostInside <= 2)
        #expect(try await pool.run { 10 } == 10)
    }
}
