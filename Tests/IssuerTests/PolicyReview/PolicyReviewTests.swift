import Testing

@testable import Issuer

/// What is odd about a policy, alone and beside others.
@Suite struct PolicyReviewTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let codes: [PolicyWarning.Code]
        let fields: [[String]]
        let says: String
        let terms: @Sendable (inout PolicyTerms) throws -> Void

        init(
            _ name: String, _ codes: [PolicyWarning.Code], _ fields: [[String]], says: String = "",
            _ terms: @escaping @Sendable (inout PolicyTerms) throws -> Void
        ) {
            (self.name, self.codes, self.fields, self.says, self.terms) = (name, codes, fields, says, terms)
        }

        var testDescription: String { name }
    }

    private static func limits(_ name: String, _ limits: [(Interval, Int64?, Int64?)], isOdd: Bool = false) -> Case {
        Case(name, isOdd ? [.limitAboveLonger] : [], isOdd ? [["limits[0].amount", "limits[1].amount"]] : []) {
            $0.limits = try limits.map { try .of($0.0, amount: $0.1, count: $0.2) }
        }
    }

    static let limitCases = [
        limits("a day's within the month's", [(.daily, 100, nil), (.monthly, 100, nil)]),
        limits("a day's above the month's", [(.daily, 101, nil), (.monthly, 100, nil)], isOdd: true),
        limits("one authorization's above the day's", [(.perAuthorization, 2, nil), (.daily, 1, nil)], isOdd: true),
        limits("a year's above all time's", [(.yearly, 2, nil), (.allTime, 1, nil)], isOdd: true),
        limits("a week's above the month's", [(.weekly, 101, nil), (.monthly, 100, nil)], isOdd: true),
        limits("a minute's above the day's", [(.rolling(seconds: 60), 2, nil), (.daily, 1, nil)], isOdd: true),
        limits(
            "a day's above that of 30 hours", [(.daily, 2, nil), (.rolling(seconds: 108_000), 1, nil)], isOdd: true),
        limits(
            "a minute's above two minutes'", [(.rolling(seconds: 60), 2, nil), (.rolling(seconds: 120), 1, nil)],
            isOdd: true),
        limits("amounts beside counts", [(.daily, 101, nil), (.monthly, nil, 100)]),
        Case("the month's first", [.limitAboveLonger], [["limits[1].amount", "limits[0].amount"]]) {
            $0.limits = [try .of(.monthly, amount: 100), try .of(.daily, amount: 200)]
        },
        Case("a day's count above the week's", [.limitAboveLonger], [["limits[0].count", "limits[1].count"]]) {
            $0.limits = [try .of(.daily, amount: 1, count: 9), try .of(.weekly, amount: 1, count: 8)]
        },
        Case("never", [.limitAboveLonger], [["limits[0].amount", "limits[1].amount"]], says: "is never reached") {
            $0.limits = [try .of(.weekly, amount: 201), try .of(.monthly, amount: 100)]
        },
        Case("across the turn", [.limitAboveLonger], [["limits[0].amount", "limits[1].amount"]], says: "two periods") {
            $0.limits = [try .of(.weekly, amount: 200), try .of(.monthly, amount: 100)]
        },
        Case("two of one interval", [.limitTwice], [["limits[0].amount", "limits[1].amount"]]) {
            $0.limits = [try .of(.daily, amount: 2), try .of(.daily, amount: 1)]
        },
        Case("two alike", [.limitTwice], [["limits[1].amount", "limits[0].amount"]]) {
            $0.limits = [try .of(.daily, amount: 1), try .of(.daily, amount: 1)]
        },
        Case("an amount and a count of one interval", [], []) {
            $0.limits = [try .of(.daily, amount: 2), try .of(.daily, count: 1)]
        },
        Case("of nothing", [.limitAllowsNothing, .limitAllowsNothing], [["limits[0].amount"], ["limits[1].count"]]) {
            $0.limits = [try .of(.daily, amount: 0), try .of(.weekly, count: 0)]
        },
    ]

    static let otherCases = [
        Case("nothing odd", [], []) { terms in
            terms.merchants = AllowBlock(allow: [try MerchantID("a")], block: [try MerchantID("b")])
            terms.schedule = try Schedule(days: [.monday], from: TimeOfDay("22:00"), to: TimeOfDay("06:00"))
            terms.approvalAbove = 99
            terms.limits = [try .of(.perAuthorization, amount: 100)]
            terms.counter = .perAgent
        },
        Case(
            "a merchant allowed and blocked", [.listContradiction], [["merchants.allow", "merchants.block"]],
            says: "\"b\" is both allowed and blocked"
        ) {
            $0.merchants = AllowBlock(allow: [try MerchantID("a"), try MerchantID("b")], block: [try MerchantID("b")])
        },
        Case(
            "all that is allowed is blocked", [.listAllowsNothing], [["countries.allow", "countries.block"]]
        ) {
            $0.countries = AllowBlock(
                allow: [try CountryCode("US")], block: [try CountryCode("US"), try CountryCode("DE")])
        },
        Case("a list with nothing in it", [.listEmpty], [["categories"]], says: "everything is allowed") {
            $0.categories = AllowBlock(allow: [], block: [])
        },
        Case("asked at the limit", [.approvalNeverAsked], [["approval.above", "limits[1].amount"]]) {
            $0.approvalAbove = 100
            $0.limits = [try .of(.daily, amount: 200), try .of(.perAuthorization, amount: 100)]
        },
        Case("asked above a day's limit", [.approvalNeverAsked], [["approval.above", "limits[0].amount"]]) {
            $0.approvalAbove = 201
            $0.limits = [try .of(.daily, amount: 200)]
        },
        Case("open on no day", [.scheduleNeverOpen], [["schedule.days"]]) {
            $0.schedule = try Schedule(days: [], from: .startOfDay, to: .endOfDay)
        },
        Case("one agent's, for each agent", [.counterWithoutEffect], [["counter", "agentId"]]) {
            $0.agentID = PolicyEngineTests.agent
            $0.counter = .perAgent
        },
    ]

    @Test(
        "what contradicts in a policy is told, with its fields, and nothing else is", arguments: limitCases + otherCases
    )
    func alone(_ row: Case) throws {
        var terms = try PolicyTerms.usd()
        try row.terms(&terms)
        let warnings = PolicyReview.warnings(about: terms, among: PolicySet([]))
        #expect(warnings.map(\.code) == row.codes)
        #expect(warnings.map(\.fields) == row.fields)
        #expect(warnings.allSatisfy { $0.message.contains(row.says) }, "\(warnings)")
    }

    @Test("of two limits that contradict, the higher has indeed never decided", arguments: 0..<300)
    func neverDecides(_ round: Int) throws {
        // What is said to be reached first must refuse whatever the other would: tried on any two counters that a day's
        // history could have.
        var random = SeededGenerator(seed: UInt64(round))
        let (high, low) = (Int64.random(in: 2...50, using: &random), Int64.random(in: 1...50, using: &random))
        let terms = try PolicyTerms.usd([.of(.daily, amount: high), .of(.monthly, amount: low)])
        let isWarned = !PolicyReview.warnings(about: terms, among: PolicySet([])).isEmpty
        #expect(isWarned == (high > low))
        guard isWarned else { return }
        let policy = try PolicyEngineTests.policy { $0.limits = terms.limits }
        let month = Int64.random(in: 0...low, using: &random)
        let day = Int64.random(in: 0...month, using: &random)
        let request = SpendRequest(
            agent: PolicyEngineTests.agent, agentStatus: .active,
            money: try .usd(Int64.random(in: 1...60, using: &random)), merchant: nil, isApproved: false)
        let keys = PolicyEngine.counters(for: [policy], agent: request.agent, at: PolicyEngineTests.now)
        let spent = [keys[0]: Spend(confirmedAmount: day), keys[1]: Spend(confirmedAmount: month)]
        let codes = PolicyEngine.decide(request, under: [policy], spent: spent, at: PolicyEngineTests.now).reasons.map(
            \.code)
        if codes.contains(.dailyLimitExceeded) { #expect(codes.contains(.monthlyLimitExceeded)) }
    }
}
