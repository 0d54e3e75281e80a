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
    let hasAffected: Bool
    let affected: [Line]
    let affectedMore: String?
    let previewNote: String?

    init(_ report: SimulationReport, _ currency: CurrencyCode, names: [AgentID: String]) {
        func amount(_ total: SimulationReport.Total) -> String { MoneyText.text(total.amount, currency) }
        previewRange = "\(TimeText.day(report.from)) to \(TimeText.day(report.to))"
        previewCurrency = currency.text
        previewEmpty = report.requests.count == 0
        (previewRequests, previewAmount) = (MoneyText.count(report.requests.count), amount(report.requests))
        (previewAllowed, previewAllowedAmount) = (MoneyText.count(report.allowed.count), amount(report.allowed))
        (previewHeld, previewHeldAmount) = (MoneyText.count(report.held.count), amount(report.held))
        (previewDenied, previewDeniedAmount) = (MoneyText.count(report.denied.count), amount(report.denied))
        let words: [(SimulationReport.Change, String, String)] = [
            (.newlyDenied, "bad", "approved then, would be denied"),
            (.newlyHeld, "wait", "decided without a person then, would wait for one"),
            (.newlyAllowed, "good", "denied then by the policy that this replaces, would be allowed"),
        ]
        previewChanges = words.compactMap { change, tone, text in
            let total = report.total(of: change)
            return total.count == 0
                ? nil
                : Change(changeTone: tone, changeText: "\(MoneyText.count(total.count)) \(text): \(amount(total)).")
        }
        affected = report.affected.prefix(Self.linesMax).map { affected in
            Line(
                rowID: affected.id.text, rowMerchant: Merchant.title(affected.merchant),
                rowAgent: names[affected.agentID] ?? affected.agentID.text, rowWhen: TimeText.short(affected.createdAt),
                rowAmount: MoneyText.text(affected.money), was: affected.decision.word, wasTone: affected.decision.tone,
                would: affected.wouldBe == .approved ? "Allowed" : affected.wouldBe.word,
                wouldTone: affected.wouldBe.tone,
                wouldWhy: affected.reasons.map(\.code.words).joined(separator: "; "))
        }
        hasAffected = !affected.isEmpty
        affectedMore =
            report.affectedTotal > Int64(affected.count)
            ? "The newest \(affected.count) of \(MoneyText.count(report.affectedTotal))." : nil
        let partial =
            report.isComplete
            ? nil
            : "Only requests up to \(TimeText.minute(report.evaluatedTo)) were tried: there were too many for all."
        let prior = report.isPriorComplete ? nil : "What was spent before these days could not all be counted."
        let notes = [partial, prior].compactMap { $0 }
        previewNote = notes.isEmpty ? nil : notes.joined(separator: " ")
    }
}
