import Issuer

struct Fact {
    let factName: String
    let factValue: String
    var factHref: String?

    init(_ name: String, _ value: String, href: String? = nil) {
        (factName, factValue, factHref) = (name, value, href)
    }
}

/// A spend that waits for a person, on one card of approvals.mustache.
struct Ask {
    let askID: String
    let askOnce: String
    let askCurrency: String
    let askAmount: String
    let askMerchant: String
    let askAgent: String
    let askAgentID: String
    let askSuspended: Bool
    let askISO: String
    let askWhen: String
    let askEndsISO: String
    let askEnds: String
    /// A class of the style sheet.
    let askUrgency: String
    let askNote: String?
    let askReasons: [ReasonLine]
    let hasAskFacts: Bool
    let askFacts: [Fact]
    let hasAskMetadata: Bool
    let askMetadata: [Fact]
    let hasAskMeters: Bool
    let askMeters: [Meter]
    let askHistory: String
}

struct ReasonLine {
    let reasonText: String
    let reasonCode: String
    let reasonTone: String
    let reasonPolicyID: String?
    let reasonPolicy: String?
    let reasonWhen: String?

    /// `policy` is the one that the reason comes from, as it stands, if it is still there.
    init(_ reason: Reason, _ currency: CurrencyCode, policy: (name: String, above: Int64?)?) {
        reasonText = reason.sentence(currency, policy: policy?.name, above: policy?.above)
        reasonCode = reason.code.rawValue
        reasonTone = reason.code == .approvalRequired ? "wait" : "bad"
        reasonPolicyID = reason.policyID?.text
        reasonPolicy = policy?.name ?? reason.policyID?.text
        reasonWhen =
            reason.opensAt.map { "opens \(TimeText.minute($0))" }
            ?? reason.limit?.resetsAt.map { "resets \(TimeText.minute($0))" }
    }
}

/// Gathers what each card shows; agents and budgets are read once each.
struct Asks {
    private let visit: Visit
    private let days: Int64

    init(_ visit: Visit, days: Int64) {
        (self.visit, self.days) = (visit, days)
    }

    func cards(_ held: [Authorization]) async throws -> [Ask] {
        let (issuer, caller) = (visit.issuer, try visit.caller)
        let agents = Set(held.map(\.agentID))
        let names = try await issuer.names(of: agents, as: caller)
        var states: [AgentID: AgentState] = [:]
        for agent in agents { states[agent] = try await state(of: agent) }
        let (revision, days) = (try await issuer.revision(as: caller), days)
        var spends: [Looks.Spender: [Overview.ByMerchant]] = [:]
        for spender in Set(held.map { Looks.Spender(agent: $0.agentID, currency: $0.money.currency) }) {
            spends[spender] = try await visit.dashboard.looks.merchants.look(
                LookKey(spender, of: caller), at: revision
            ) {
                try await issuer.merchants(of: spender.agent, currency: spender.currency, days: days, as: caller)
            }?.value
        }
        return held.map { authorization in
            card(
                authorization, names[authorization.agentID]?.text ?? authorization.agentID.text,
                states[authorization.agentID] ?? AgentState(),
                spends[.init(agent: authorization.agentID, currency: authorization.money.currency)])
        }
    }

    private struct AgentState {
        /// A deleted one too.
        var isSuspended = true
        var policies: [Policy] = []
        var budgets: [Budget] = []
    }

    private func state(of agent: AgentID) async throws -> AgentState {
        let (issuer, caller) = (visit.issuer, try visit.caller)
        guard let found = try? await issuer.agent(agent, as: caller) else { return AgentState() }
        return AgentState(
            isSuspended: found.status == .suspended, policies: try await issuer.policiesApplying(to: agent, as: caller),
            budgets: try await issuer.budgets(of: agent, as: caller))
    }

    private func card(
        _ ask: Authorization, _ name: String, _ state: AgentState, _ spent: [Overview.ByMerchant]?
    ) -> Ask {
        let (money, now) = (ask.money, visit.issuer.now)
        let policies = Dictionary(
            state.policies.map { ($0.id, ($0.terms.name.text, $0.terms.approvalAbove)) },
            uniquingKeysWith: { one, _ in one })
        let meters = state.budgets.filter { $0.currency == money.currency }.map { budget in
            Meter(
                budget, whose: budget.scope == .company ? "everyone" : name, now: now, asked: money.minorUnits)
        }
        return Ask(
            askID: ask.id.text, askOnce: visit.attempt, askCurrency: money.currency.text,
            askAmount: MoneyText.figure(money.minorUnits, money.currency), askMerchant: Merchant.title(ask.merchant),
            askAgent: name, askAgentID: ask.agentID.text, askSuspended: state.isSuspended,
            askISO: ask.createdAt.rfc3339, askWhen: TimeText.relative(ask.createdAt, to: now),
            askEndsISO: ask.expiresAt.rfc3339, askEnds: TimeText.relative(ask.expiresAt, to: now),
            askUrgency: ask.expiresAt < now.adding(seconds: 2 * 3600) ? "bad" : "muted", askNote: ask.note?.text,
            askReasons: ask.reasons.map { reason in
                ReasonLine(reason, money.currency, policy: reason.policyID.flatMap { policies[$0] })
            },
            hasAskFacts: ask.merchant != nil, askFacts: ask.merchant.facts,
            hasAskMetadata: !ask.metadata.facts.isEmpty, askMetadata: ask.metadata.facts, hasAskMeters: !meters.isEmpty,
            askMeters: meters,
            askHistory: history(ask, spent))
    }

    private func history(_ ask: Authorization, _ spent: [Overview.ByMerchant]?) -> String {
        let currency = ask.money.currency
        guard let spent else { return "Past spends are being calculated: reload the page in a moment." }
        guard let largest = spent.map(\.total.largest).max() else {
            return "This agent has spent nothing in \(currency.text) in the last \(days) days."
        }
        let here = spent.filter {
            $0.merchant?.id == ask.merchant?.id && (ask.merchant?.id != nil || $0.merchant == ask.merchant)
        }
        let count = here.reduce(Int64(0)) { $0 + $1.total.count }
        let amount = here.reduce(Int64(0)) { $0.addingClamped($1.total.amount) }
        let times = count == 1 ? "once" : "\(MoneyText.count(count)) times"
        let there =
            count == 0
            ? "It has not spent at this merchant in the last \(days) days."
            : "It has spent at this merchant \(times) in the last \(days) days, \(MoneyText.text(amount, currency)) in total."
        return "\(there) Its largest spend was \(MoneyText.text(largest, currency))."
    }
}

extension Merchant? {
    /// What the request says of it, for a list of facts.
    var facts: [Fact] {
        [
            self?.name.map { Fact("Name", $0) }, self?.id.map { Fact("Identifier", $0) },
            self?.category.map { Fact("Category", $0.text) }, self?.country.map { Fact("Country", $0.text) },
        ].compactMap { $0 }
    }
}

extension Metadata {
    var facts: [Fact] { pairs.sorted { $0.key < $1.key }.map { Fact($0.key, $0.value) } }
}
