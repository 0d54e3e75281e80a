import Testing
import Verifier

@testable import Issuer

@Suite struct PolicyBoundsTests {
    private static let agent = PolicyEngineTests.agent

    /// Rolling limits of `count` lengths, from the given one on.
    private static func rolling(_ count: Int64, from first: Int64 = 60) throws -> [SpendLimit] {
        try (first..<first + count).map { try .of(.rolling(seconds: $0), amount: 1000) }
    }

    private static func policies(_ count: Int, _ change: (inout PolicyTerms) throws -> Void = { _ in }) throws
        -> [Policy]
    {
        try (0..<count).map { _ in try PolicyEngineTests.policy(change) }
    }

    /// What is said of a policy for which there is no room; nil where there is.
    private static func refusal(_ policies: [Policy], and policy: Policy) -> String? {
        do throws(InvalidValue) {
            try PolicyBounds.check(policy, among: PolicySet(policies))
            return nil
        } catch {
            #expect(error.code == .tooManyPolicies)
            return error.message
        }
    }

    private static func refusal(
        _ policies: [Policy], _ change: (inout PolicyTerms) throws -> Void = { _ in }
    ) throws -> String? {
        refusal(policies, and: try PolicyEngineTests.policy(change))
    }

    @Test func `32 enabled policies in a currency may apply to one agent, its own and the company's`() throws {
        let other: AgentID = PolicyEngineTests.ids.next(at: PolicyEngineTests.now)
        let wide = try Self.policies(31)
        let all = try wide + Self.policies(1) { $0.agentID = Self.agent }
        let disabled = try PolicyEngineTests.policy { $0.enabled = false }
        var enabled = disabled.terms
        enabled.enabled = true
        #expect(try Self.refusal(wide) == nil)
        #expect(
            try Self.refusal(all) { $0.agentID = Self.agent } == """
                33 enabled policies in USD would apply to agent \(Self.agent); the maximum is 32: disable, delete or combine \
                some, or limit each to one agent
                """)
        // A policy of the company is refused where it is too much for one agent.
        #expect(
            try Self.refusal(all)?.hasPrefix("33 enabled policies in USD would apply to agent \(Self.agent)") == true)
        #expect(try Self.refusal(wide + Self.policies(1))?.contains("to every agent") == true)
        #expect(try Self.refusal(all) { $0.mode = .shadow } != nil)
        #expect(try Self.refusal(all) { $0.agentID = other } == nil)
        #expect(try Self.refusal(all) { $0.currency = try CurrencyCode("EUR") } == nil)
        #expect(Self.refusal(all, and: disabled) == nil)
        let now = PolicyEngineTests.now
        let asEnabled = Policy(id: disabled.id, version: 2, terms: enabled, createdAt: now, updatedAt: now)
        #expect(Self.refusal(all + [disabled], and: asEnabled) != nil)
        #expect(Self.refusal(all, and: all[3]) == nil)
    }

    @Test func `a thousand agents may have policies of their own`() throws {
        let policies = try (0..<1000).map { _ in
            try PolicyEngineTests.policy { $0.agentID = PolicyEngineTests.ids.next(at: PolicyEngineTests.now) }
        }
        #expect(try Self.refusal(policies) { $0.agentID = Self.agent } == nil)
        #expect(try Self.refusal(policies) == nil)
    }

    @Test func `the limits of those that apply to one agent may need 100 counters`() throws {
        var policies: [Policy] = []
        for first: Int64 in [60, 80, 100, 120] {
            policies.append(try PolicyEngineTests.policy { $0.limits = try Self.rolling(20, from: first) })
        }
        policies += try Self.policies(1) { terms in
            (terms.agentID, terms.limits) = (Self.agent, try Self.rolling(20))
        }
        #expect(
            try Self.refusal(policies) { $0.limits = try Self.rolling(1, from: 200) } == """
                the limits in USD that apply to agent \(Self.agent) would need 101 counters; the maximum is 100: use limits \
                of the same interval, which share one, or fewer limits
                """)
        // Those of the same length count by one counter, and one authorization by none.
        #expect(
            try Self.refusal(policies) { $0.limits = try Self.rolling(20) + [.of(.perAuthorization, amount: 1)] } == nil
        )
        #expect(
            try Self.refusal(policies) { ($0.agentID, $0.limits) = (Self.agent, try Self.rolling(1, from: 200)) } != nil
        )
        // Whoever needs more since before that was bounded changes them as ever, and can only come to need fewer.
        let more = try policies + [PolicyEngineTests.policy { $0.limits = try Self.rolling(20, from: 200) }]
        #expect(Self.refusal(more, and: more[0]) == nil)
        #expect(try Self.refusal(more) { $0.limits = try Self.rolling(1, from: 300) } != nil)
    }

    @Test func `two time zones, and one agent and all, are counted apart`() throws {
        let zones = ["UTC", "Europe/Berlin"].compactMap { try? TimeZoneID($0) }
        let policies = try [PolicyTerms.CounterScope.shared, .perAgent].flatMap { scope in
            try zones.map { zone in
                try PolicyEngineTests.policy { terms in
                    (terms.counter, terms.timeZone) = (scope, zone)
                    terms.limits = [
                        try .of(.daily, amount: 1), try .of(.allTime, amount: 1), try .of(.daily, count: 1),
                    ]
                }
            }
        }
        let loads = PolicySet(policies).loads(in: try CurrencyCode("USD"))
        // A day of either scope and zone, and all time of either scope.
        #expect(loads == [nil: PolicyBounds.Load(policies: 4, counters: 6)])
    }

    @Test func `a company's policies hold 50,000 limits and entries of lists`() throws {
        func names(_ count: Int) throws -> AllowBlock<MerchantID> {
            AllowBlock(allow: Set(try (0..<count).map { try MerchantID("m\($0)") }))
        }
        // Each policy counts one more.
        let policies = try Self.policies(100) { ($0.enabled, $0.merchants) = (false, try names(499)) }
        #expect(PolicySet(policies).weight == 50_000)
        #expect(
            try Self.refusal(policies) { $0.enabled = false } == """
                would come to 50001 in total, counting each policy, limit, and list entry; the maximum is 50000: delete one, \
                or shorten a list
                """)
        #expect(Self.refusal(policies, and: policies[0]) == nil)
        #expect(try Self.refusal(Array(policies.dropLast())) { $0.enabled = false } == nil)
        let more = try policies + Self.policies(1) { $0.enabled = false }
        #expect(Self.refusal(more, and: more[0]) == nil)
    }

    @Test func `books that are over the bound decide as ever, and only what adds to them is refused`() async throws {
        let test = try await TestIssuer()
        let (agent, company, now) = (try await test.agent(), test.owner.companyID, test.clock.now)
        let terms = try PolicyTerms.usd([.of(.daily, amount: 1000)])
        let ids = IDGenerator.random()
        try await test.issuer.store.transaction(for: company) { tx in
            let books = Books(tx: tx, companyID: company, environment: .live, now: now, policyVersion: 0)
            for _ in 0..<40 {
                let policy = Policy(id: ids.next(at: now), version: 1, terms: terms, createdAt: now, updatedAt: now)
                try Policies.insert(policy, by: "test", in: books)
            }
            try Companies.policiesChanged(company, version: ids.version(at: now), in: tx)
        }
        let issued = try await test.authorize(10, agent).authorization
        #expect(issued.decision == .approved && issued.policies.count == 40)
        let first = try #require(issued.policies.first?.id)
        let changed = try PolicyTerms.usd([.of(.daily, amount: 5)])
        _ = try await test.issuer.replacePolicy(first, with: changed, ifVersion: nil, as: test.owner)
        #expect(try await test.authorize(10, agent).authorization.decision == .denied)
        try await test.issuer.deletePolicy(first, as: test.owner)
        #expect(try await test.authorize(10, agent).authorization.decision == .approved)
        let refused = try await test.issuer.createPolicy(terms, as: test.owner, once: nil).result
        guard case .failure(.invalid(field: "policies", let reason)) = refused else {
            Issue.record("\(refused)")
            return
        }
        #expect(reason.code == .tooManyPolicies && reason.message.hasPrefix("40 enabled policies in USD"))
    }

    /// With every text as long as it may be, of characters of four bytes, and versions of seven digits.
    @Test func `the longest token is one that a verifier takes which was told nothing`() async throws {
        let url = "https://" + String(repeating: "a", count: 192)
        let test = try await TestIssuer(settings: .test { ($0.issuerURL, $0.signingAlgorithm) = (url, .rs256) })
        let agent = try await test.agent()
        let terms = try PolicyTerms.usd(approvalAbove: 1)
        for _ in 1..<PolicyBounds.applyingMax { try await test.policy(terms) }
        try await test.issuer.store.globalTransaction { tx in
            _ = try tx.execute(Statement("UPDATE policies SET version = 9999999"), [])
        }
        try await test.policy(terms)
        await #expect(throws: IssuerError.self) { try await test.policy(terms) }
        func text(_ count: Int) -> String { String(repeating: "\u{1F4B6}", count: count) }
        let merchant = try Merchant(
            id: text(128), name: text(200), category: MerchantCategory("5734"), country: CountryCode("US"))
        let request = try AuthorizationRequest(
            agentID: agent, money: .usd(Money.minorUnitsMax), merchant: merchant, audience: Audience(text(200)))
        let held = try await test.issuer.authorize(request, as: test.owner, once: nil).result.get().authorization
        let issued = try await test.issuer.approve(held.id, note: nil, as: test.owner, once: nil).result.get()
        let token = try #require(issued.token)
        var options = TokenVerifier.Options(issuer: url, audiences: [text(200)])
        let now = test.clock.now.seconds
        options.clock = .init(unixSeconds: { now })
        let verifier = try TokenVerifier(options: options)
        try verifier.install(jwks: test.issuer.jwks().body, fetchedAt: now)
        _ = try verifier.verifyTokenOnly(token)
        // Nearly as long as it may be: else more policies might apply.
        #expect((7000...8192).contains(token.utf8.count))
    }
}
