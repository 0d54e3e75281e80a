import StoreFixtures
import Testing

@testable import Issuer

@Suite struct ResealTests {
    private static let (old, new) = ("5a", "5b")

    private static func masterKey(_ byte: String) throws -> MasterKey {
        try MasterKey(text: String(repeating: byte, count: 32))
    }

    /// Books with signing keys and an answer that holds an API key, closed.
    private func books(_ path: String) async throws -> (test: TestIssuer, once: OnceOnly, answer: NewAPIKey) {
        let test = try await TestIssuer(path: path)
        _ = try await test.issuer.rotateSigningKey()
        let once = try OnceOnly.test("k")
        let answer = try await test.issuer.createAPIKey(APIKeyDraft(name: Name("Worker")), as: test.owner, once: once)
        try await test.issuer.close()
        return (test, once, try answer.result.get())
    }

    private func opens(_ path: String, with byte: String, _ clock: ManualClock) async throws -> Bool {
        do {
            let issuer = try await TestIssuer.open(path: path, clock: clock, masterKey: byte)
            try await issuer.close()
            return true
        } catch IssuerError.signing {
            return false
        }
    }

    @Test("afterwards all that was sealed opens with the new master key, and with the new one alone")
    func resealed() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/paitify.db"
            let (test, once, answer) = try await books(path)
            let document = test.issuer.jwks()
            let store = try await TestStore.open(path)
            #expect(try await ResealKeys.opens(store, with: Self.masterKey(Self.old)))
            #expect(try await !ResealKeys.opens(store, with: Self.masterKey(Self.new)))
            let outcome = try await ResealKeys.run(
                on: store, from: Self.masterKey(Self.old), to: Self.masterKey(Self.new), at: test.clock.now)
            #expect(outcome == .resealed(signingKeys: 3, answers: 1))
            try await store.close()

            #expect(try await !opens(path, with: Self.old, test.clock))
            let issuer = try await TestIssuer.open(path: path, clock: test.clock, masterKey: Self.new)
            #expect(issuer.jwks() == document)
            let owner = try await issuer.authenticate(apiKey: test.company.apiKey)
            let again = try await issuer.createAPIKey(APIKeyDraft(name: Name("Worker")), as: owner, once: once)
            #expect(again.replayed)
            #expect(try again.result.get().secret == answer.secret)
            #expect(try await issuer.verifyAudit().allSatisfy { $0.fault == nil })
        }
    }

    @Test("a wrong old master key is told, and nothing is changed; a second run says that it is done")
    func wrongKeyAndAgain() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/paitify.db"
            let (test, _, _) = try await books(path)
            let store = try await TestStore.open(path)
            let error = await #expect(throws: IssuerError.self) {
                try await ResealKeys.run(
                    on: store, from: Self.masterKey("00"), to: Self.masterKey(Self.new), at: test.clock.now)
            }
            guard case .signing(let sentence) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(sentence.contains("master key"))
            #expect(try await ResealKeys.opens(store, with: Self.masterKey(Self.old)))
            for (old, expected) in [
                (Self.old, ResealKeys.Outcome.resealed(signingKeys: 3, answers: 1)), (Self.old, .alreadyDone),
                ("00", .alreadyDone),
            ] {
                let outcome = try await ResealKeys.run(
                    on: store, from: Self.masterKey(old), to: Self.masterKey(Self.new), at: test.clock.now)
                #expect(outcome == expected)
            }
            try await store.close()
        }
    }

    @Test("whichever write fails, all opens with the old master key")
    func failingWrites() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/paitify.db"
            let (test, _, _) = try await books(path)
            let store = try await TestStore.open(path)
            let failures = try await ProbedStore.failing(store) { failing in
                failing.arm()
                _ = try await ResealKeys.run(
                    on: failing, from: Self.masterKey(Self.old), to: Self.masterKey(Self.new), at: test.clock.now)
            } afterFailure: { (write) async throws in
                #expect(try await ResealKeys.opens(store, with: Self.masterKey(Self.old)), "failed at write \(write)")
            }
            #expect(failures >= 6)
            #expect(try await ResealKeys.opens(store, with: Self.masterKey(Self.new)))
            try await store.close()
        }
    }
}
