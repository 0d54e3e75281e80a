import StoreFixtures
import Testing

@testable import Issuer

@Suite struct PasswordTests {
    private static let about = ["ada@example.com", "Acme Rockets"]

    private func refusal(_ text: String) -> InvalidValue.Code? {
        do throws(InvalidValue) {
            try Password(text)!.check(charactersMin: 15, about: Self.about)
            return nil
        } catch {
            return error.code
        }
    }

    @Test(
        "a long password is taken, whatever it is made of",
        arguments: [
            "orange tiger staple 7", "fifteen letters", "пароль из слов!", "密码是一个很长的句子并且没有意义哦",
            "with a NUL \u{0} inside", "acme rockets and something else", String(repeating: "twelve words ", count: 19),
        ])
    func taken(_ text: String) {
        #expect(refusal(text) == nil)
    }

    @Test(
        "a short one, and what is tried first, is refused",
        arguments: [
            ("fourteen chars", .passwordTooShort), ("", .passwordTooShort),
            ("aaaaaaaaaaaaaaaa", .passwordTooCommon), ("123456789012345", .passwordTooCommon),
            ("abcdefghijklmnop", .passwordTooCommon), ("ponmlkjihgfedcba", .passwordTooCommon),
            ("PasswordPassword1", .passwordTooCommon), ("qwertyuiopasdfghjkl", .passwordTooCommon),
            ("abcdabcdabcdabcd", .passwordTooCommon), ("correct horse battery staple", .passwordTooCommon),
            ("ada@example.com1", .passwordTooCommon), ("AcmeRocketsAcme1", .passwordTooCommon),
        ] as [(String, InvalidValue.Code)])
    func refused(_ text: String, _ code: InvalidValue.Code) {
        #expect(refusal(text) == code)
    }

    @Test("bcrypt gets all of it: what differs after 72 bytes, or after a NUL, is another password")
    func whole() throws {
        let start = String(repeating: "x", count: 80)
        let pairs = [("\(start)a", "\(start)b"), ("x\u{0}a", "x\u{0}b"), ("a ", "a"), ("Aa", "aa")]
        for (one, other) in pairs {
            let hash = try Bcrypt.hash(Password(one)!.digest, cost: 4)
            #expect(Bcrypt.verify(Password(one)!.digest, hash))
            #expect(!Bcrypt.verify(Password(other)!.digest, hash), "\(other.debugDescription)")
        }
    }

    @Test("it is the same from every keyboard: composed and decomposed letters are equal")
    func normalized() {
        #expect(Password("cafe\u{301} cre\u{300}me")!.digest == Password("caf\u{e9} cr\u{e8}me")!.digest)
        #expect(Password("\u{212B}")!.digest == Password("A\u{30A}")!.digest)
    }

    @Test("256 characters are taken, one more is not")
    func longest() {
        #expect(Password(String(repeating: "é", count: 256)) != nil)
        #expect(Password(String(repeating: "x", count: 257)) == nil)
    }

    @Test("nothing prints it")
    func silent() {
        let password = Password("orange tiger staple 7")!
        var dumped = ""
        dump(password, to: &dumped)
        #expect(!"\(password) \(String(reflecting: password)) \(dumped)".contains("tiger"))
    }

    @Test("twelve passwords wait for bcrypt, the next is refused, and an API key still finds room")
    func crowd() async throws {
        let (pool, gate) = (BcryptPool(width: 1, lineMax: 32), Gate())
        let blocked = Task { try await pool.run { gate.pass(0) } }
        await gate.waitForArrivals(1)
        let hasher = PasswordHasher(pool: pool, cost: 4)
        let waiting = (0..<PasswordHasher.atOnceMax).map { number in
            Task { try await hasher.verify(Password("guess \(number)")!, nil) }
        }
        #expect(await comes { pool.waitingCount >= PasswordHasher.atOnceMax })
        await #expect(throws: IssuerError.busy) { try await hasher.verify(Password("one more")!, nil) }
        let key = Task { try await pool.run { true } }
        #expect(await comes { pool.waitingCount > PasswordHasher.atOnceMax })
        gate.open()
        #expect(try await key.value)
        for attempt in waiting { #expect(try await !attempt.value) }
        _ = try await blocked.value
        #expect(try await !hasher.verify(Password("there is room again")!, nil))
    }

    @Test("where there is nobody, bcrypt is asked all the same")
    func nobody() async throws {
        let hasher = PasswordHasher(pool: .forThisMachine(), cost: 4)
        let hash = try await hasher.hash(Password("orange tiger staple 7")!)
        #expect(try await hasher.verify(Password("orange tiger staple 7")!, hash))
        #expect(try await !hasher.verify(Password("orange tiger staple 7")!, nil))
        #expect(!hasher.isDated(hash))
        #expect(PasswordHasher(pool: .forThisMachine(), cost: 5).isDated(hash))
        // A setting that libcrypt does not know would be refused without any work.
        #expect(Bcrypt.crypt("", setting: hasher.nobody) != nil && Bcrypt.crypt("", setting: "$2b$04$tooshort") == nil)
    }
}
