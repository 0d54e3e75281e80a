import Testing

@testable import Issuer

/// Who may change the signing keys over the API.
@Suite struct OperatorTests {
    static let operatorKey = String(repeating: "0123456789abcdef", count: 4)

    private func rotate(
        _ test: TestIssuer, as principal: Principal, once: OnceOnly? = nil
    ) async throws -> RotationReport {
        try await test.issuer.rotateSigningKey(force: true, as: principal, once: once).result.get()
    }

    @Test("the one company of an issuer changes them with a live key that manages, and no other")
    func oneCompany() async throws {
        let test = try await TestIssuer()
        let announced = try #require(test.issuer.signingKeys().first { $0.state == .announced })
        for scopes: Set<Scope> in [[.read], [.authorize, .read, .approve]] {
            let key = try await test.key(scopes)
            await #expect(throws: IssuerError.forbidden(.manage)) { try await rotate(test, as: key) }
        }
        let made = try await test.issuer.createAPIKey(
            APIKeyDraft(name: Name("Test"), environment: .test), as: test.owner, once: nil
        ).result.get()
        let tester = try await test.issuer.authenticate(apiKey: made.secret)
        await #expect(throws: IssuerError.operatorOnly) { try await rotate(test, as: tester) }
        #expect(test.issuer.signingKeys().count == 2)
        #expect(try await rotate(test, as: test.owner).signing == announced.kid)
        let revoked = try await test.issuer.revokeSigningKey(kid: announced.kid, as: test.owner, once: nil)
        #expect(try revoked.result.get().signing != announced.kid)
    }

    @Test("no company changes the keys of an issuer that serves another")
    func twoCompanies() async throws {
        let test = try await TestIssuer()
        let other = try await test.issuer.createCompany(name: Name("Other"))
        let stranger = try await test.issuer.authenticate(apiKey: other.apiKey)
        let keys = test.issuer.signingKeys()
        for principal in [test.owner, stranger] {
            await #expect(throws: IssuerError.operatorOnly) { try await rotate(test, as: principal) }
            await #expect(throws: IssuerError.operatorOnly) {
                try await test.issuer.revokeSigningKey(kid: keys[0].kid, as: principal, once: nil)
            }
            #expect(try await test.issuer.signingKeys(as: principal) == keys)
        }
    }

    @Test("where there is an operator's key, it alone changes them, and it opens nothing of a company's")
    func withOperatorKey() async throws {
        let test = try await TestIssuer(settings: .test { $0.operatorKey = OperatorKey(Self.operatorKey) })
        let bearer = try await test.issuer.authenticate(apiKey: Self.operatorKey)
        await #expect(throws: IssuerError.operatorOnly) { try await rotate(test, as: test.owner) }
        let report = try await rotate(test, as: bearer)
        #expect(test.issuer.keyRing.signingKeyID == report.signing)
        await #expect(throws: IssuerError.forbidden(.manage)) {
            try await test.issuer.createAgent(AgentDraft(name: Name("X")), as: bearer, once: nil)
        }
        #expect(try await test.issuer.agents(page: Page(), as: bearer).items.isEmpty)
        let actors = try await test.issuer.audit(AuditFilter(), page: Page(), as: bearer).items.map(\.entry.actor)
        #expect(actors == ["operator", "operator", "operator", "issuer", "issuer"])
        let wrong = Self.operatorKey.dropLast() + "0"
        await #expect(throws: IssuerError.unauthenticated) { try await test.issuer.authenticate(apiKey: String(wrong)) }
    }

    @Test("a retry gives the first answer and changes nothing more")
    func retried() async throws {
        let test = try await TestIssuer(settings: .test { $0.operatorKey = OperatorKey(Self.operatorKey) })
        let bearer = try await test.issuer.authenticate(apiKey: Self.operatorKey)
        let once = try OnceOnly.test("k")
        let first = try await rotate(test, as: bearer, once: once)
        let document = test.issuer.jwks()
        #expect(try await rotate(test, as: bearer, once: once) == first)
        #expect(test.issuer.jwks() == document)
    }

    @Test("the operator's answers are kept for a day, and the issuer itself counts as no company")
    func swept() async throws {
        let test = try await TestIssuer(settings: .test { $0.operatorKey = OperatorKey(Self.operatorKey) })
        let bearer = try await test.issuer.authenticate(apiKey: Self.operatorKey)
        _ = try await rotate(test, as: bearer, once: .test("k"))
        func kept() async throws -> Int64 {
            try await test.issuer.store.globalTransaction { tx in
                try tx.execute(Statement("SELECT COUNT(*) FROM idempotency_keys"), [])[0].integer(0)
            }
        }
        try await Sweeper(test.issuer).sweep()
        #expect(try await kept() == 1)
        test.clock.advance(seconds: OnceOnly.retentionSeconds)
        try await Sweeper(test.issuer).sweep()
        #expect(try await kept() == 0)
        #expect(try await test.issuer.checkBooks().companyCount == 1)
    }

    @Test("a key that verifiers may not know yet is promoted only when that is forced")
    func force() async throws {
        let test = try await TestIssuer()
        _ = try await test.issuer.rotateSigningKey(force: false, as: test.owner, once: nil).result.get()
        test.clock.advance(seconds: 599)
        await #expect(throws: IssuerError.signingKeyTooNew(until: test.clock.now.adding(seconds: 1), inSeconds: 1)) {
            try await test.issuer.rotateSigningKey(force: false, as: test.owner, once: .test("k"))
        }
        test.clock.advance(seconds: 1)
        // The refusal was of the moment: the same attempt succeeds now.
        _ = try await test.issuer.rotateSigningKey(force: false, as: test.owner, once: .test("k")).result.get()
    }

    @Test(
        "an operator's key is long, visible, and no company's",
        arguments: [
            (String(repeating: "a", count: 31), false), (String(repeating: "a", count: 32), true),
            (String(repeating: "a", count: 200), true), (String(repeating: "a", count: 201), false),
            ("ag_live_" + String(repeating: "a", count: 44), false), (String(repeating: "a b", count: 20), false),
            (String(repeating: "é", count: 32), false), ("", false),
        ])
    func shape(_ text: String, _ isOne: Bool) {
        #expect((OperatorKey(text) != nil) == isOne)
    }
}
