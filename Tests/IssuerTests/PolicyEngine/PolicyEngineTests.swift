import Testing

@testable import Issuer

/// Rules without a store: each at the value below, at and above its bound.
@Suite struct PolicyEngineTests {
    static let ids = IDGenerator.random()
    static let agent: AgentID = ids.next(at: now)
    static let now = Instant(rfc3339: "2026-03-02T10:00:00Z")!

    static func policy(_ change: (inout PolicyTerms) throws -> Void = { _ in }) throws -> Policy {
        var terms = try PolicyTerms.usd()
        try change(&terms)
        return Policy(id: ids.next(at: now), version: 1, terms: terms, createdAt: now, updatedAt: now)
    }

    static func decide(
        _ amount: Int64, _ policies: [Policy], spent: Spend = Spend(), merchant: Merchant? = nil,
        status: Agent.Status = .active, isApproved: Bool = false
    ) throws -> Ruling {
        let request = SpendRequest(
            agent: agent, agentStatus: status, money: try .usd(amount), merchant: merchant, isApproved: isApproved)
        let applicable = PolicySet(policies).applicable(to: agent, in: request.money.currency)
        let keys = PolicyEngine.counters(for: applicable, agent: agent, at: now)
        return PolicyEngine.decide(
            request, under: applicable, spent: Dictionary(uniqueKeysWithValues: keys.map { ($0, spent) }), at: now)
    }

    @Test("without a policy nothing is allowed")
    func defaultIsNo() throws {
        let ruling = try Self.decide(1, [])
        #expect(ruling.decision == .denied)
        #expect(ruling.reasons.map(\.code) == [.noApplicablePolicy])
    }

    @Test(
        "a policy that is disabled, in another currency, of another agent, or a shadow allows nothing", arguments: 0..<4
    )
    func notApplicable(_ which: Int) throws {
        let policy = try Self.policy { terms in
            switch which {
            case 0: terms.enabled = false
            case 1: terms.currency = try CurrencyCode("EUR")
            case 2: terms.agentID = Self.ids.next(at: Self.now)
            default: terms.mode = .shadow
            }
        }
        #expect(try Self.decide(1, [policy]).reasons.map(\.code) == [.noApplicablePolicy])
    }

    @Test(
        "an amount limit refuses what would pass it, counting what is reserved and what is confirmed",
        arguments: [
            (Interval.perAuthorization, ReasonCode.perAuthorizationLimitExceeded), (.daily, .dailyLimitExceeded),
            (.weekly, .weeklyLimitExceeded), (.monthly, .monthlyLimitExceeded), (.yearly, .yearlyLimitExceeded),
            (.allTime, .allTimeLimitExceeded), (.rolling(seconds: 3600), .rollingLimitExceeded),
        ])
    func amountLimit(_ interval: Interval, _ code: ReasonCode) throws {
        let policy = try Self.policy { $0.limits = [try .of(interval, amount: 1000)] }
        let counts = interval != .perAuthorization
        let spent =
            counts ? Spend(reservedAmount: 300, reservedCount: 1, confirmedAmount: 200, confirmedCount: 1) : Spend()
        let left: Int64 = counts ? 500 : 1000
        #expect(try Self.decide(left - 1, [policy], spent: spent).decision == .approved)
        #expect(try Self.decide(left, [policy], spent: spent).decision == .approved)
        let ruling = try Self.decide(left + 1, [policy], spent: spent)
        #expect(ruling.decision == .denied)
        let reason = try #require(ruling.reasons.first)
        #expect(reason.code == code)
        #expect(reason.policyID == policy.id)
        #expect(reason.limit?.limit == 1000)
        #expect(reason.limit?.spent == (counts ? 500 : 0))
        #expect(reason.limit?.requested == left + 1)
        #expect(reason.limit?.remaining == left)
        // When enough leaves a rolling limit, the books know.
        let undated = [Interval.perAuthorization, .allTime, .rolling(seconds: 3600)]
        #expect((reason.limit?.resetsAt == nil) == undated.contains(interval))
        #expect(ruling.policies == [EvaluatedPolicy(id: policy.id, version: 1, effect: .deny)])
    }

    @Test(
        "a count limit refuses the authorization after the last",
        arguments: [
            (Interval.daily, ReasonCode.dailyCountExceeded), (.weekly, .weeklyCountExceeded),
            (.monthly, .monthlyCountExceeded), (.yearly, .yearlyCountExceeded), (.allTime, .allTimeCountExceeded),
            (.rolling(seconds: 60), .rollingCountExceeded),
        ])
    func countLimit(_ interval: Interval, _ code: ReasonCode) throws {
        let policy = try Self.policy { $0.limits = [try .of(interval, count: 3)] }
        let two = Spend(reservedAmount: 1, reservedCount: 1, confirmedAmount: 1, confirmedCount: 1)
        let three = Spend(reservedAmount: 2, reservedCount: 2, confirmedAmount: 1, confirmedCount: 1)
        #expect(try Self.decide(1, [policy], spent: two).decision == .approved)
        #expect(try Self.decide(1, [policy], spent: three).reasons.map(\.code) == [code])
    }

    struct MerchantCase: Sendable {
        let name: String
        let merchant: Merchant?
        let codes: [ReasonCode]
    }

    static func merchantCases() throws -> [MerchantCase] {
        let good = try Merchant(id: "m_good", name: nil, category: MerchantCategory("5734"), country: CountryCode("US"))
        return [
            MerchantCase(name: "all allowed", merchant: good, codes: []),
            MerchantCase(
                name: "none named", merchant: nil, codes: [.attributeMissing, .attributeMissing, .attributeMissing]),
            MerchantCase(
                name: "all blocked",
                merchant: try Merchant(
                    id: "m_bad", name: nil, category: MerchantCategory("7995"), country: CountryCode("KP")),
                codes: [.merchantBlocked, .categoryBlocked, .countryBlocked]),
            MerchantCase(
                name: "none allowed",
                merchant: try Merchant(
                    id: "m_else", name: nil, category: MerchantCategory("0001"), country: CountryCode("DE")),
                codes: [.merchantNotAllowed, .categoryNotAllowed, .countryNotAllowed]),
            MerchantCase(
                name: "a name is not an id",
                merchant: try Merchant(
                    id: nil, name: "m_good", category: MerchantCategory("5734"), country: CountryCode("US")),
                codes: [.attributeMissing]),
        ]
    }

    @Test("every list is looked at, and every reason given", arguments: 0..<5)
    func merchants(_ row: Int) throws {
        let policy = try Self.policy { terms in
            terms.merchants = AllowBlock(allow: [try MerchantID("m_good")], block: [try MerchantID("m_bad")])
            terms.categories = AllowBlock(allow: [try MerchantCategory("5734")], block: [try MerchantCategory("7995")])
            terms.countries = AllowBlock(allow: [try CountryCode("US")], block: [try CountryCode("KP")])
        }
        let row = try Self.merchantCases()[row]
        let ruling = try Self.decide(1, [policy], merchant: row.merchant)
        #expect(ruling.reasons.map(\.code) == row.codes, "\(row.name)")
        #expect(ruling.decision == (row.codes.isEmpty ? .approved : .denied))
    }

    @Test("a block list alone refuses who is on it and who is not named, and nobody else; empty lists say nothing")
    func blockAlone() throws {
        let blocking = try Self.policy { $0.merchants = AllowBlock(block: [try MerchantID("m_bad")]) }
        let empty = try Self.policy { $0.merchants = AllowBlock() }
        let other = try Merchant(id: "m_else", name: nil, category: nil, country: nil)
        #expect(try Self.decide(1, [blocking], merchant: other).decision == .approved)
        #expect(try Self.decide(1, [blocking]).reasons.map(\.code) == [.attributeMissing])
        #expect(try Self.decide(1, [empty]).decision == .approved)
    }

    @Test(
        "all reasons of all policies are given, first cause first, and nobody is asked about a spend that fails anyway")
    func allReasons() throws {
        let limited = try Self.policy { $0.limits = [try .of(.daily, amount: 10), try .of(.allTime, amount: 10)] }
        let listed = try Self.policy {
            $0.merchants = AllowBlock(allow: [try MerchantID("m_good")])
            $0.approvalAbove = 5
        }
        let ruling = try Self.decide(11, [limited, listed], status: .suspended)
        #expect(
            ruling.reasons.map(\.code) == [
                .agentSuspended, .attributeMissing, .dailyLimitExceeded, .allTimeLimitExceeded,
            ])
    }

    @Test("over the threshold a person is asked, at it nobody is, and nobody is asked twice")
    func approval() throws {
        let policy = try Self.policy { $0.approvalAbove = 100 }
        #expect(try Self.decide(100, [policy]).decision == .approved)
        let held = try Self.decide(101, [policy])
        #expect(held.decision == .pendingApproval)
        #expect(held.reasons.map(\.code) == [.approvalRequired])
        #expect(try Self.decide(101, [policy], isApproved: true).decision == .approved)
    }

    @Test("a shadow policy's reasons are told apart and decide nothing")
    func shadow() throws {
        let enforced = try Self.policy()
        let shadow = try Self.policy {
            $0.mode = .shadow
            $0.limits = [try .of(.perAuthorization, amount: 1)]
        }
        let ruling = try Self.decide(2, [enforced, shadow])
        #expect(ruling.decision == .approved)
        #expect(ruling.shadowReasons.map(\.code) == [.perAuthorizationLimitExceeded])
        #expect(ruling.policies.map(\.id) == [enforced.id])
    }

    @Test("a counter that is missing, or full, denies: what cannot be evaluated is not allowed")
    func cannotEvaluate() throws {
        let policy = try Self.policy { $0.limits = [try .of(.daily, count: 1_000_000_000)] }
        let full = Spend(confirmedAmount: Spend.amountMax - 1, confirmedCount: 2000)
        #expect(try Self.decide(1, [policy], spent: full).decision == .approved)
        #expect(try Self.decide(2, [policy], spent: full).reasons.map(\.code) == [.policyError])
        let request = SpendRequest(
            agent: Self.agent, agentStatus: .active, money: try .usd(1), merchant: nil, isApproved: false)
        let ruling = PolicyEngine.decide(request, under: [policy], spent: [:], at: Self.now)
        #expect(ruling.reasons.map(\.code) == [.policyError])
    }
}
