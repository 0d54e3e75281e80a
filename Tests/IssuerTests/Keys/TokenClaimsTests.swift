import Foundation
import Testing

@testable import Issuer

@Suite struct TokenClaimsTests {
    static let company = CompanyID("co_01k3vtest0000000000000000a")!
    static let now = Instant(rfc3339: "2026-03-02T10:00:00.999Z")!

    /// A decided authorization; what a test is about it sets itself.
    static func authorization(_ decision: Decision, merchant: Merchant? = nil, audience: Audience? = nil) throws
        -> Authorization
    {
        Authorization(
            id: AuthorizationID("auth_01k3vtest0000000000000000b")!, environment: .live,
            agentID: AgentID("agt_01k3vtest0000000000000000c")!,
            money: try Money(minorUnits: 1999, currency: CurrencyCode("USD")), merchant: merchant, note: nil,
            metadata: Metadata(), audience: audience, lifetimeSeconds: 900, createdAt: now,
            status: decision == .approved ? .pending : .denied, decision: decision, reasons: [], shadowReasons: [],
            policies: [
                EvaluatedPolicy(id: PolicyID("pol_01k3vtest0000000000000000d")!, version: 3, effect: .allow),
                EvaluatedPolicy(id: PolicyID("pol_01k3vtest0000000000000000e")!, version: 1, effect: .deny),
            ],
            expiresAt: Instant(seconds: now.seconds + 900), late: false)
    }

    static func payload(_ authorization: Authorization) -> String {
        TokenClaims.payload(
            for: authorization, issuer: "https://issuer.test", company: company, issuedAt: now)
    }

    @Test("an approval says what may be charged, to whom, and until when, in one order")
    func approval() throws {
        let merchant = try Merchant(
            id: "m_aws", name: "AWS", category: MerchantCategory("5734"), country: CountryCode("US"))
        #expect(
            Self.payload(try Self.authorization(.approved, merchant: merchant, audience: Audience("acme-pay"))) == """
                {"iss":"https://issuer.test","sub":"agt_01k3vtest0000000000000000c","aud":"acme-pay","iat":1772445600,\
                "nbf":1772445600,"exp":1772446500,"jti":"auth_01k3vtest0000000000000000b","decision":"APPROVED",\
                "company":"co_01k3vtest0000000000000000a","env":"live","max_amount":1999,"currency":"USD",\
                "merchant":{"id":"m_aws","name":"AWS","category":"5734","country":"US"},\
                "policies":[{"id":"pol_01k3vtest0000000000000000d","version":3,"effect":"ALLOW"},\
                {"id":"pol_01k3vtest0000000000000000e","version":1,"effect":"DENY"}]}
                """)
    }

    @Test("a denial names no amount and no processor, and says why, each code once")
    func denial() throws {
        var authorization = try Self.authorization(.denied, audience: Audience("acme-pay"))
        authorization.reasons = [
            Reason(code: .merchantBlocked, message: "secret of the policy"),
            Reason(code: .dailyLimitExceeded, message: "999999"), Reason(code: .merchantBlocked, message: "again"),
        ]
        #expect(
            Self.payload(authorization) == """
                {"iss":"https://issuer.test","sub":"agt_01k3vtest0000000000000000c","aud":"paitify:denied","iat":1772445600,\
                "nbf":1772445600,"exp":1772446500,"jti":"auth_01k3vtest0000000000000000b","decision":"DENIED",\
                "company":"co_01k3vtest0000000000000000a","env":"live","currency":"USD",\
                "policies":[{"id":"pol_01k3vtest0000000000000000d","version":3,"effect":"ALLOW"},\
                {"id":"pol_01k3vtest0000000000000000e","version":1,"effect":"DENY"}],\
                "reasons":["MERCHANT_BLOCKED","DAILY_LIMIT_EXCEEDED"]}
                """)
    }

    @Test("members that the agent did not name are absent, and the audience is any processor")
    func absentMembers() throws {
        let merchant = try Merchant(id: nil, name: nil, category: nil, country: CountryCode("DE"))
        let claims = Self.payload(try Self.authorization(.approved, merchant: merchant))
        #expect(claims.contains(#""merchant":{"country":"DE"},"#))
        #expect(claims.contains(#""aud":"paitify:processor""#))
        #expect(!Self.payload(try Self.authorization(.approved)).contains("merchant"))
    }

    @Test("a person's approval is in the token, a person's denial is not")
    func humanApproval() throws {
        func record(_ approved: Bool) -> ApprovalRecord {
            ApprovalRecord(by: "key_x", at: Instant(milliseconds: 1_772_445_601_500), note: nil, approved: approved)
        }
        var approval = try Self.authorization(.approved)
        approval.approval = record(true)
        #expect(
            Self.payload(approval).contains(#","approval":{"kind":"human","by":"key_x","at":1772445601},"policies""#))
        var denial = try Self.authorization(.denied)
        denial.approval = record(false)
        #expect(!Self.payload(denial).contains("approval"))
    }

    @Test("whatever characters a name has, the text is JSON and says the same")
    func escaping() throws {
        let name = "A \"quoted\" \\ name, ünïcode 漢字 🚀 </script>"
        let merchant = try Merchant(id: "a\"b\\c", name: name, category: nil, country: nil)
        let claims = Self.payload(try Self.authorization(.approved, merchant: merchant))
        let read = try JSONSerialization.jsonObject(with: Data(claims.utf8)) as? [String: Any]
        let named = read?["merchant"] as? [String: String]
        #expect(named == ["id": "a\"b\\c", "name": name])
        var writer = JSONWriter()
        writer.object { $0.member("all", String(String.UnicodeScalarView((0...0x7F).map { Unicode.Scalar($0) }))) }
        let all = try JSONSerialization.jsonObject(with: Data(writer.bytes)) as? [String: String]
        #expect(all?["all"]?.unicodeScalars.map(\.value) == Array(0...0x7F))
    }
}
