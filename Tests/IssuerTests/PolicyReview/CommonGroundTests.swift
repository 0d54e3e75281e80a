import Testing

@testable import Issuer

@Suite struct CommonGroundTests {
    static let agents: [AgentID] = [
        PolicyEngineTests.agent, PolicyEngineTests.ids.next(at: PolicyEngineTests.now),
    ]

    static func policy(
        _ allow: [String], block: [String] = [], _ change: (inout PolicyTerms) throws -> Void = { _ in }
    ) throws -> Policy {
        try PolicyEngineTests.policy { terms in
            terms.merchants = AllowBlock(
                allow: Set(try allow.map { try MerchantID($0) }), block: Set(try block.map { try MerchantID($0) }))
            try change(&terms)
        }
    }

    static func fields(_ one: Policy, beside other: Policy) -> [[String]] {
        let warnings = PolicyReview.warnings(about: one.terms, id: one.id, among: PolicySet([one, other]))
            .filter { $0.code == .policiesAllowNothingTogether }
        #expect(warnings.allSatisfy { $0.policyIDs == [other.id] })
        return warnings.map(\.fields)
    }

    @Test(
        "two policies whose lists leave nothing that both allow are told of",
        arguments: [
            (["a"], [], ["b"], [], true), (["a", "b"], [], ["b"], [], false), (["a"], [], [], ["a"], true),
            (["a", "b"], [], [], ["a"], false), ([], ["a"], [], ["b"], false), (["a"], [], [], [], false),
            (["a", "b"], ["b"], ["b"], [], true), ([], [], ["a"], [], false),
            // One that allows nothing by itself has a warning of its own.
            (["a"], ["a"], ["b"], [], false),
        ])
    func lists(allow: [String], block: [String], otherAllow: [String], otherBlock: [String], isOdd: Bool) throws {
        let (one, other) = (try Self.policy(allow, block: block), try Self.policy(otherAllow, block: otherBlock))
        #expect(Self.fields(one, beside: other) == (isOdd ? [["merchants"]] : []))
        #expect(Self.fields(other, beside: one) == (isOdd ? [["merchants"]] : []))
    }

    @Test("policies that never decide on one request together do not contradict", arguments: 0..<5)
    func apart(_ which: Int) throws {
        let one = try Self.policy(["a"]) { $0.agentID = Self.agents[0] }
        let other = try Self.policy(["b"]) { terms in
            switch which {
            case 0: terms.agentID = Self.agents[1]
            case 1: terms.enabled = false
            case 2: terms.mode = .shadow
            case 3: terms.currency = try CurrencyCode("EUR")
            default: terms.merchants = nil
            }
        }
        #expect(Self.fields(one, beside: other) == [])
        if which < 4 { #expect(Self.fields(other, beside: one) == []) }
        let both = try Self.policy(["b"])
        #expect(Self.fields(one, beside: both) == [["merchants"]])
    }

    @Test(
        "schedules that are never open together are told of, those that are for a minute are not",
        arguments: [
            ("MON", "09:00", "12:00", "MON", "12:00", "15:00", true),
            ("MON", "09:00", "12:01", "MON", "12:00", "15:00", false),
            ("MON", "22:00", "06:00", "TUE", "05:59", "07:00", false),
            ("MON", "22:00", "06:00", "TUE", "06:00", "07:00", true),
            ("SUN", "22:00", "06:00", "MON", "05:00", "07:00", false),
            ("MON", "05:00", "07:00", "SUN", "22:00", "06:00", false),
            ("MON", "00:00", "24:00", "TUE", "00:00", "24:00", true),
        ])
    func schedules(
        day: String, from: String, to: String, otherDay: String, otherFrom: String, otherTo: String, isOdd: Bool
    ) throws {
        func scheduled(_ day: String, _ from: String, _ to: String) throws -> Policy {
            try PolicyEngineTests.policy {
                $0.schedule = try Schedule(
                    days: [#require(Schedule.Day(rawValue: day))], from: TimeOfDay(from), to: TimeOfDay(to))
            }
        }
        let (one, other) = (try scheduled(day, from, to), try scheduled(otherDay, otherFrom, otherTo))
        #expect(Self.fields(one, beside: other) == (isOdd ? [["schedule"]] : []))
        let elsewhere = try PolicyEngineTests.policy {
            ($0.schedule, $0.timeZone) = (other.terms.schedule, try TimeZoneID("Asia/Kathmandu"))
        }
        #expect(Self.fields(one, beside: elsewhere) == [])
    }

    @Test("beside a thousand others the warnings stay few")
    func bounded() throws {
        let one = try Self.policy((0..<500).map { "a\($0)" })
        let others = try (0..<1000).map { other in try Self.policy((0..<50).map { "b\(other).\($0)" }) }
        #expect(PolicyReview.warnings(about: one.terms, id: one.id, among: PolicySet(others + [one])).count == 10)
    }

    @Test("the answers to writing and reading a policy have its warnings, the first answer again when it is retried")
    func answers() async throws {
        let test = try await TestIssuer()
        let odd = try PolicyTerms.usd([.of(.daily, amount: 2), .of(.monthly, amount: 1)])
        let once = OnceOnly(key: try IdempotencyKey("k"), fingerprint: [1], requestID: "req_1")
        let made = try await test.issuer.createPolicy(odd, as: test.owner, once: once).result.get()
        #expect(made.warnings.map(\.code) == [.limitAboveLonger])
        #expect(try await test.issuer.createPolicy(odd, as: test.owner, once: once).result.get() == made)
        var listed = odd
        listed.merchants = AllowBlock(allow: [try MerchantID("a")])
        let changed = try await test.issuer.replacePolicy(made.id, with: listed, ifVersion: [1], as: test.owner)
        #expect(changed.warnings == made.warnings)
        listed.limits = []
        listed.merchants = AllowBlock(allow: [try MerchantID("b")])
        let other = try await test.issuer.createPolicy(listed, as: test.owner, once: nil).result.get()
        #expect(other.warnings.map(\.policyIDs) == [[made.id]])
        #expect(
            try await test.issuer.policy(made.id, as: test.owner).warnings.map(\.code) == [
                .limitAboveLonger, .policiesAllowNothingTogether,
            ])
        try await test.issuer.deletePolicy(made.id, as: test.owner)
        #expect(try await test.issuer.policy(other.id, as: test.owner).warnings == [])
    }
}
