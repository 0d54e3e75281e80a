import Issuer

/// A budget as a bar: what is confirmed, what is reserved, and what a spend that waits would take.
struct Meter {
    let budgetName: String
    let whose: String
    let used: String
    let most: String
    let meterLabel: String
    let spentWidth: String
    let reservedX: String
    let reservedWidth: String
    let askedX: String?
    let askedWidth: String?
    let left: String
    let resets: String
    /// A class of the style sheet: near or full, else none.
    let level: String
    /// How much of it is used, in hundredths of a per cent.
    let usedHundredths: Int64

    /// `asked`: what a spend that waits asks for, in the budget's currency.
    init(_ budget: Budget, whose: String, now: Instant, asked: Int64? = nil) {
        self.init(
            budget, whose, now,
            budget.limit.map { limit in
                Figures(
                    most: limit, confirmed: budget.confirmed, reserved: budget.reserved, asked: asked,
                    text: { MoneyText.text($0, budget.currency) }, figure: { MoneyText.figure($0, budget.currency) })
            }
                ?? Figures(
                    most: budget.countLimit ?? 0, confirmed: budget.confirmedCount, reserved: budget.reservedCount,
                    asked: asked.map { _ in 1 }, text: MoneyText.spends, figure: MoneyText.count))
    }

    private struct Figures {
        let most: Int64
        let confirmed: Int64
        let reserved: Int64
        let asked: Int64?
        let text: (Int64) -> String
        let figure: (Int64) -> String
    }

    private init(_ budget: Budget, _ whose: String, _ now: Instant, _ figures: Figures) {
        let used = figures.confirmed.addingClamped(figures.reserved)
        let left = max(0, figures.most - used)
        budgetName = budget.policyName.text
        self.whose = "\(whose) · \(budget.interval.title.lowercasedFirst)"
        self.used = figures.text(used)
        most = figures.figure(figures.most)
        let spent = Share.hundredths(figures.confirmed, of: figures.most)
        let both = Share.hundredths(used, of: figures.most)
        usedHundredths = figures.most == 0 ? 10_000 : both
        spentWidth = Share.text(spent)
        reservedX = Share.text(spent)
        reservedWidth = Share.text(both - spent)
        let after = figures.asked.map { used.addingClamped($0) }
        askedX = after.map { _ in Share.text(both) }
        askedWidth = after.map { Share.text(Share.hundredths($0, of: figures.most) - both) }
        let isOver = after.map { $0 > figures.most } ?? false
        level = used >= figures.most || isOver ? "full" : usedHundredths >= 8000 ? "near" : ""
        self.left =
            if let after {
                isOver
                    ? "\(figures.text(after - figures.most)) over the limit: it would be denied"
                    : "\(figures.text(figures.most - after)) left after this spend"
            } else {
                "\(figures.text(left)) left"
            }
        resets =
            budget.resetsAt.map { "resets \(TimeText.relative($0, to: now))" }
            ?? (budget.interval.seconds == nil ? "" : "resets gradually")
        meterLabel =
            "\(budget.policyName.text), \(budget.interval.title.lowercasedFirst): \(figures.text(figures.confirmed)) spent and "
            + "\(figures.text(figures.reserved)) reserved of \(figures.text(figures.most)). \(self.left)."
    }
}

extension String {
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
