import Issuer

/// `preview` in policy-form.mustache: what a policy would have said to the requests of the last days.
struct PolicyPreview {
    static let linesMax = 50

    struct Line {
        let rowID: String
        let rowMerchant: String
        let rowAgent: String
        let rowWhen: String
        let rowAmount: String
        let was: String
        let wasTone: String
        let would: String
        let wouldTone: String
        let wouldWhy: String
    }

    struct List {
        let listTitle: String
        /// To be opened: it is long, and there is nothing to decide on in it.
        let isFolded: Bool
        let lines: [Line]
        let listMore: String?
    }

    struct Change {
        let changeTone: String
        let changeText: String
    }

    let previewRange: String
    let previewCurrency: String
    let previewEmpty: Bool
    let previewRequests: String
    let previewAmount: String
    let previewAllowed: String
    let previewAllowedAmount: String
    let previewHeld: String
    let previewHeldAmount: String
    let previewDenied: String
    let previewDeniedAmount: String
    let previewChanges: [Change]
    /// What it would have decided otherwise, and what it would have denied or held as was done then; each where there is any.
    let lists: [List]
    let previewNote: String?

    init(_ report: SimulationReport, _ currency: CurrencyCode, names: [AgentID: String], now: Instant) {
        func amount(_ total: SimulationReport.Total) -> String { MoneyText.text(total.amount, currency) }
        previewRange = "\(TimeText.day(report.from)) to \(TimeText.day(report.to))"
        previewCurrency = currency.text
        previewEmpty = report.requests.count == 0
        (previewRequests, previewAmount) = (MoneyText.count(report.requests.count), amount(report.requests))
        (previewAllowed, previewAllowedAmount) = (MoneyText.count(report.allowed.count), amount(report.allowed))
        (previewHeld, previewHeldAmount) = (MoneyText.count(report.held.count), amount(report.held))
        (previewDenied, previewDeniedAmount) = (MoneyText.count(report.denied.count), amount(report.denied))
        let words: [(SimulationReport.Change, String, String)] = [
            (.newlyDenied, "bad", "approved then, would now be denied"),
            (.newlyHeld, "wait", "decided without approval then, would now need approval"),
            (.newlyAllowed, "good", "denied then by the policy this replaces, would now be allowed"),
        ]
        previewChanges = words.compactMap { change, tone, text in
            let total = report.total(of: change)
            return total.count == 0
                ? nil
                : Change(changeTone: tone, changeText: "\(MoneyText.count(total.count)) \(text): \(amount(total)).")
        }
        let changed = SimulationReport.Change.allCases.reduce(Int64(0)) { $0 + report.total(of: $1).count }
        lists = [
            List("Changed decisions", Self.changed(report), of: changed, isFolded: false, names, now),
            List(
                "Denied or held, as before", Self.unchanged(report), of: report.affectedTotal - changed,
                isFolded: true, names, now),
        ].compactMap { $0 }
        let partial =
            report.isComplete
            ? nil
            : "Only requests up to \(TimeText.minute(report.evaluatedTo)) were evaluated: there were too many."
        let prior = report.isPriorComplete ? nil : "Not all spends before these days could be counted."
        let notes = [partial, prior].compactMap { $0 }
        previewNote = notes.isEmpty ? nil : notes.joined(separator: " ")
    }
    /// The requests that are shown, whose agents are to be named.
    static func shown(_ report: SimulationReport) -> [SimulationReport.Affected] {
        changed(report) + unchanged(report)
    }

    private static func changed(_ report: SimulationReport) -> [SimulationReport.Affected] {
        Array(report.changed.prefix(linesMax))
    }

    private static func unchanged(_ report: SimulationReport) -> [SimulationReport.Affected] {
        Array(report.unchanged.prefix(linesMax))
    }
}

extension PolicyPreview.List {
    fileprivate init?(
        _ title: String, _ affected: [SimulationReport.Affected], of total: Int64, isFolded: Bool,
        _ names: [AgentID: String], _ now: Instant
    ) {
        if affected.isEmpty { return nil }
        listTitle = "\(title): \(MoneyText.count(total))"
        self.isFolded = isFolded
        lines = affected.map { PolicyPreview.Line($0, agent: names[$0.agentID] ?? $0.agentID.text, now: now) }
        listMore = total > Int64(affected.count) ? "Showing the newest \(affected.count)." : nil
    }
}

extension PolicyPreview.Line {
    fileprivate init(_ affected: SimulationReport.Affected, agent: String, now: Instant) {
        rowID = affected.id.text
        rowMerchant = Merchant.title(affected.merchant)
        rowAgent = agent
        rowWhen = TimeText.short(affected.createdAt, now: now)
        rowAmount = MoneyText.text(affected.money)
        (was, wasTone) = (affected.decision.word, affected.decision.tone)
        would = affected.wouldBe == .approved ? "Allowed" : affected.wouldBe.word
        wouldTone = affected.wouldBe.tone
        wouldWhy = affected.reasons.map(\.code.words).joined(separator: "; ")
    }
}
