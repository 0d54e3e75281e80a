import Testing

@testable import Issuer

@Suite struct PolicyVersionTests {
    @Test("a company has 2,000 policies of an environment at most; one that is deleted makes room")
    func bound() async throws {
        let test = try await TestIssuer()
        let (company, now) = (test.owner.companyID, test.clock.now)
        var terms = try PolicyTerms.usd()
        terms.enabled = false
        let first = try await test.policy(terms)
        let ids = IDGenerator.random()
        try await test.issuer.store.transaction(for: company) { [terms] tx in
            let books = Books(tx: tx, companyID: company, environment: .live, now: now, policyVersion: 0)
            for _ in 1..<Issuer.policiesMax {
                let policy = Policy(id: ids.next(at: now), version: 1, terms: terms, createdAt: now, updatedAt: now)
                try Policies.insert(policy, by: "test", in: books)
            }
        }
        let refused = try await test.issuer.createPolicy(terms, as: test.owner, once: nil).result
        guard case .failure(.invalid(field: "policies", let reason)) = refused else {
            Issue.record("\(refused)")
            return
        }
        #expect(reason.code == .tooManyPolicies)
        // What is there can be changed, and makes room.
        _ = try await test.issuer.replacePolicy(first, with: terms, ifVersion: nil, as: test.owner)
        try await test.issuer.deletePolicy(first, as: test.owner)
        try await test.policy(terms)
    }

    @Test("of many policies only those that changed are read again")
    func readAlone() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        for _ in 0..<5 { try await test.policy(.usd([.of(.perAuthorization, amount: 100)])) }
        let changed = try await test.policy(.usd([.of(.perAuthorization, amount: 100)]))
        #expect(try await test.authorize(50, agent).authorization.decision == .approved)
        // Whoever read the others again would find nothing that can be read.
        try await test.issuer.store.globalTransaction { tx in
            _ = try tx.execute(
                Statement("UPDATE policies SET terms = 'not JSON' WHERE policy_id <> $1"), [SQLValue(changed)])
        }
        _ = try await test.issuer.replacePolicy(
            changed, with: .usd([.of(.perAuthorization, amount: 40)]), ifVersion: nil, as: test.owner)
        #expect(try await test.authorize(50, agent).authorization.reasons.map(\.policyID) == [changed])
        #expect(try await test.authorize(40, agent).authorization.policies.count == 6)
    }

    @Test("every version of a policy is kept, with when and by whom it was written, also when it is deleted")
    func kept() async throws {
        let test = try await TestIssuer()
        let id = try await test.policy(.usd([.of(.daily, amount: 1)]))
        let created = test.clock.now
        let editor = try await test.key([.manage, .read])
        for amount: Int64 in 2...5 {
            test.clock.advance(seconds: 60)
            _ = try await test.issuer.replacePolicy(
                id, with: .usd([.of(.daily, amount: amount)]), ifVersion: nil, as: editor)
        }
        test.clock.advance(seconds: 60)
        try await test.issuer.deletePolicy(id, as: test.owner)
        var (found, cursor): ([PolicyVersion], String?) = ([], nil)
        repeat {
            let history = try await test.issuer.policyVersions(id, page: Page(limit: 2, after: cursor), as: test.owner)
            #expect(history.deletedAt == test.clock.now)
            found += history.versions.items
            cursor = history.versions.nextCursor
        } while cursor != nil
        #expect(found.map(\.version) == [5, 4, 3, 2, 1])
        #expect(found.map { $0.terms.limits[0].amount } == [5, 4, 3, 2, 1])
        #expect(found.map(\.writtenAt) == (0...4).reversed().map { created.adding(seconds: $0 * 60) })
        #expect(
            found.map(\.writtenBy) == Array(repeating: editor.keyID.text, count: 4) + [test.owner.keyID.text])
        #expect(try await test.issuer.policyVersion(3, of: id, as: test.owner) == found[2])
    }

    @Test("another company's or environment's versions, and those there never were, are not found")
    func notFound() async throws {
        let test = try await TestIssuer()
        let id = try await test.policy(.usd())
        let other = try await test.issuer.createCompany(name: Name("Other"))
        let stranger = try await test.issuer.authenticate(apiKey: other.apiKey)
        let draft = APIKeyDraft(name: try Name("Test"), environment: .test)
        let made = try await test.issuer.createAPIKey(draft, as: test.owner, once: nil).result.get()
        let tester = try await test.issuer.authenticate(apiKey: made.secret)
        for principal in [stranger, tester] {
            await #expect(throws: IssuerError.notFound(.policy, id.text)) {
                _ = try await test.issuer.policyVersions(id, page: Page(), as: principal)
            }
            await #expect(throws: IssuerError.notFound(.policy, id.text)) {
                _ = try await test.issuer.policyVersion(1, of: id, as: principal)
            }
        }
        for version in [Int64.min, -1, 0, 2, .max] {
            await #expect(throws: IssuerError.notFound(.policyVersion, "\(version)")) {
                _ = try await test.issuer.policyVersion(version, of: id, as: test.owner)
            }
        }
        #expect(try await test.issuer.policyVersions(id, page: Page(), as: test.owner).deletedAt == nil)
    }
}
