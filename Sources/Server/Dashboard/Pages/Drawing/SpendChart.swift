import Issuer

/// Spend by day as bars, drawn by the server as SVG: what is confirmed, and what is reserved above it.
struct SpendChart {
    struct Bar {
        let tip: String
        let slotX: String
        let slotWidth: String
        let x: String
        let width: String
        let spentY: String
        let spentHeight: String
        let reservedY: String
        let reservedHeight: String
    }

    struct Row {
        let day: String
        let confirmed: String
        let reserved: String
    }

    let chartLabel: String
    /// From the bottom up.
    let ticks: [String]
    let gridLines: [String]
    let bars: [Bar]
    let dayLabels: [String]
    let chartRows: [Row]

    /// How much of a day's room its bar takes, in hundredths of a per cent.
    private static let fill: Int64 = 6800

    init(_ days: [Overview.Day], _ currency: CurrencyCode) {
        let top = Self.top(atLeast: days.map { Self.sum($0) }.max() ?? 0, currency)
        ticks = (0...4).map { MoneyText.figure(top / 4 * Int64($0), currency).trimmingZeroDecimals }
        gridLines = (0..<4).map { Share.text(Int64($0) * 2500) }
        bars = days.enumerated().map { index, day in
            Self.bar(day, at: Int64(index), of: Int64(days.count), top: top, currency)
        }
        dayLabels = Self.labelled(days).map { TimeText.shortDay($0.start) }
        chartRows = days.reversed().map { day in
            Row(
                day: TimeText.day(day.start), confirmed: MoneyText.figure(day.confirmed, currency),
                reserved: MoneyText.figure(day.reserved, currency))
        }
        let total = days.reduce(Int64(0)) { $0.addingClamped($1.confirmed) }
        chartLabel =
            "Spend on each of \(days.count) days: \(MoneyText.text(total, currency)) confirmed in all. A table follows."
    }

    private static func sum(_ day: Overview.Day) -> Int64 { day.confirmed.addingClamped(day.reserved) }

    /// Where the scale ends: 4, 8, 20 or 40 of some power of ten, at least one whole unit a line.
    private static func top(atLeast most: Int64, _ currency: CurrencyCode) -> Int64 {
        var unit: Int64 = 1
        for _ in 0..<currency.minorUnitDigits { unit *= 10 }
        while true {
            for step in [Int64(1), 2, 5] {
                let (top, overflow) = (4 * step).multipliedReportingOverflow(by: unit)
                if overflow { return .max }
                if top >= most { return top }
            }
            let (next, overflow) = unit.multipliedReportingOverflow(by: 10)
            if overflow { return .max }
            unit = next
        }
    }

    private static func bar(
        _ day: Overview.Day, at index: Int64, of count: Int64, top: Int64, _ currency: CurrencyCode
    ) -> Bar {
        let slot = 10_000 / max(1, count)
        let x = 10_000 * index / max(1, count)
        let spent = Share.hundredths(day.confirmed, of: top)
        let both = max(spent, Share.hundredths(sum(day), of: top))
        let reserved = day.reserved == 0 ? "" : ", \(MoneyText.text(day.reserved, currency)) reserved"
        return Bar(
            tip: "\(TimeText.day(day.start)): \(MoneyText.text(day.confirmed, currency)) confirmed\(reserved)",
            slotX: Share.text(x), slotWidth: Share.text(slot), x: Share.text(x + slot * (10_000 - fill) / 20_000),
            width: Share.text(slot * fill / 10_000), spentY: Share.text(10_000 - spent), spentHeight: Share.text(spent),
            reservedY: Share.text(10_000 - both), reservedHeight: Share.text(both - spent))
    }

    /// Five days, evenly apart, the first and the last among them.
    private static func labelled(_ days: [Overview.Day]) -> [Overview.Day] {
        guard days.count > 5 else { return days }
        return (0...4).map { days[$0 * (days.count - 1) / 4] }
    }
}

extension Int64 {
    /// The sum, or the greatest number there is.
    func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}

extension String {
    /// `300.00` as `300`.
    fileprivate var trimmingZeroDecimals: String {
        guard let point = firstIndex(of: "."), self[index(after: point)...].allSatisfy({ $0 == "0" }) else {
            return self
        }
        return String(self[..<point])
    }
}
