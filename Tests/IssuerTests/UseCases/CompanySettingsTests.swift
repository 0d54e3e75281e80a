import Foundation
import Testing

@testable import Issuer

/// The processor that a company's tokens are for.
@Suite struct CompanySettingsTests {
    /// What a token of a new spend says in `aud`.
    private static func audience(
        _ test: TestIssuer, _ agent: AgentID, _ asked: String? = nil, as principal: Principal? = nil
    ) async throws -> String? {
        let request = try AuthorizationRequest(
            agentID: agent, money: .usd(1), audience: asked.map { text in try Audience(text) })
        let issued = try await test.issuer.authorize(request, as: principal ?? test.owner, once: nil).result.get()
        return try Self.audience(of: issued)
    }

    private static func audience(of issued: IssuedAuthorization) throws -> String? {
        let part = try #require(issued.token).split(separator: ".")[1].replacing("-", with: "+").replacing(
            "_", with: "/")
        let padded = String(part) + String(repeating: "=", count: -part.count & 3)
        let claims = try JSONSerialization.jsonObject(with: try #require(Data(base64Encoded: padded)))
        return (claims as? [String: Any])?["aud"] as? String
    }

    @Test("a token is for whom the request names, else for the company's processor, else for any")
    func order() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd())
        #expect(try await Self.audience(test, agent) == "paitify:processor")
        try await test.issuer.setDefaultAudience(Audience("acme-pay"), as: test.owner)
        #expect(try await test.issuer.companySettings(as: test.owner).defaultAudience?.text == "acme-pay")
        #expect(try await Self.audience(test, agent) == "acme-pay")
        #expect(try await Self.audience(test, agent, "other-pay") == "other-pay")
        try await test.issuer.setDefaultAudience(nil, of: test.company.companyID)
        #expect(try await Self.audience(test, agent) == "paitify:processor")
    }

    @Test("what is asked for before a change, and held over it, is for whom it was asked for; a denial is for nobody")
    func held() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd([.of(.perAuthorization, amount: 900)], approvalAbove: 500))
        try await test.issuer.setDefaultAudience(Audience("acme-pay"), as: test.owner)
        let held = try await test.authorize(600, agent).authorization
        try await test.issuer.setDefaultAudience(Audience("new-pay"), as: test.owner)
        let approved = try await test.issuer.approve(held.id, note: nil, as: test.owner, once: nil).result.get()
        #expect(try Self.audience(of: approved) == "acme-pay")
        #expect(try await test.issuer.explain(held.id, as: test.owner).authorization.audience?.text == "acme-pay")
        #expect(try Self.audience(of: try await test.authorize(1000, agent)) == "paitify:denied")
    }

    @Test("what was changed meanwhile is not written over, and asking twice for one thing is no conflict")
    func meanwhile() async throws {
        let test = try await TestIssuer()
        let (empty, acme) = (CompanySettings(defaultAudience: nil), try Audience("acme-pay"))
        for _ in 0..<2 { try await test.issuer.setDefaultAudience(acme, ifStill: empty, as: test.owner) }
        await #expect(throws: IssuerError.invalid(field: "audience", .changedMeanwhile)) {
            try await test.issuer.setDefaultAudience(
                nil, ifStill: CompanySettings(defaultAudience: try Audience("x")), as: test.owner)
        }
        #expect(try await test.issuer.companySettings(as: test.owner).defaultAudience == acme)
        try await test.issuer.setDefaultAudience(nil, ifStill: CompanySettings(defaultAudience: acme), as: test.owner)
        #expect(try await test.issuer.companySettings(as: test.owner) == empty)
    }

    @Test("two spends in one group, around a change, are for whom the company named at the time")
    func group() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd())
        for round in 0..<20 {
            async let before = Self.audience(test, agent)
            async let changed: Void = test.issuer.setDefaultAudience(Audience("pay-\(round)"), as: test.owner)
            async let after = Self.audience(test, agent)
            let old = round == 0 ? "paitify:processor" : "pay-\(round - 1)"
            #expect(try await [old, "pay-\(round)"].contains(before ?? ""))
            #expect(try await [old, "pay-\(round)"].contains(after ?? ""))
            try await changed
            #expect(try await Self.audience(test, agent) == "pay-\(round)")
        }
    }

    @Test(
        "each company has its own, in both environments; who may not manage changes nothing; each change is in the log")
    func rights() async throws {
        let test = try await TestIssuer()
        let other = try await test.issuer.createCompany(name: Name("Other"))
        let stranger = try await test.issuer.authenticate(apiKey: other.apiKey)
        try await test.issuer.setDefaultAudience(Audience("acme-pay"), as: test.owner)
        try await test.issuer.setDefaultAudience(Audience("acme-pay"), as: test.owner)
        #expect(try await test.issuer.companySettings(as: stranger).defaultAudience == nil)
        let reader = try await test.key([.read, .authorize])
        await #expect(throws: IssuerError.forbidden(.manage)) {
            try await test.issuer.setDefaultAudience(Audience("evil-pay"), as: reader)
        }
        #expect(try await test.issuer.companySettings(as: reader).defaultAudience?.text == "acme-pay")
        let unknown = CompanyID("co_01m8drfa9nc2mq35v0fg4hnmdf")!
        await #expect(throws: IssuerError.notFound(.company, unknown.text)) {
            try await test.issuer.setDefaultAudience(nil, of: unknown)
        }
        await #expect(throws: IssuerError.notFound(.company, CompanyID.issuer.text)) {
            try await test.issuer.setDefaultAudience(nil, of: .issuer)
        }
        let entries = try await test.issuer.audit(
            AuditFilter(action: .companyUpdated), page: Page(), as: test.owner
        ).items.map(\.entry)
        #expect(entries.map(\.before) == [#"{"defaultAudience":null}"#])
        #expect(entries.map(\.after) == [#"{"defaultAudience":"acme-pay"}"#])
        #expect(entries.map(\.object) == [test.company.companyID.text])
        let draft = APIKeyDraft(name: try Name("Test"), environment: .test)
        let made = try await test.issuer.createAPIKey(draft, as: test.owner, once: nil).result.get()
        let tester = try await test.issuer.authenticate(apiKey: made.secret)
        let agent = try await test.issuer.createAgent(AgentDraft(name: Name("A")), as: tester, once: nil).result.get()
            .id
        _ = try await test.issuer.createPolicy(.usd(), as: tester, once: nil)
        #expect(try await Self.audience(test, agent, as: tester) == "acme-pay")
    }
}
