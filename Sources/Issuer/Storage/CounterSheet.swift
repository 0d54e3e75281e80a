/// The counters of one subject, as a group has read them under the company's lock and as its own changes have left them.
///
/// A group reads each counter once and writes it once, however many authorizations move it in between.
struct CounterSheet {
    /// Whose counters they are, within a company.
    struct Subject: Hashable {
        let environment: Environment
        let currency: CurrencyCode
        /// As the table has it.
        let text: String
    }

    struct Counter {
        let period: Period
        var spend: Spend
        var isChanged = false
    }

    /// Every counter is here that covers an instant of this stretch, but for rolling windows.
    let covered: ClosedRange<Instant>
    private(set) var counters: [Counter]
    /// Whether a rolling window is open, which moves by itself: then nothing is decided by this sheet.
    let hasRolling: Bool

    init(covered: ClosedRange<Instant>, counters: [Counter]) {
        self.covered = covered
        self.counters = counters
        hasRolling = counters.contains { $0.period.rollingSeconds != nil }
    }

    var isChanged: Bool { counters.contains(where: \.isChanged) }

    /// Those that cover an instant, and every rolling window.
    func counters(at instant: Instant) -> [Counter] {
        counters.filter { $0.period.contains(instant) || $0.period.rollingSeconds != nil }
    }

    /// Adds to every counter that covers the instant.
    mutating func shift(by change: Spend, at instant: Instant) {
        for index in counters.indices where counters[index].period.contains(instant) {
            counters[index].spend = counters[index].spend + change
            counters[index].isChanged = true
        }
    }

    mutating func markWritten() {
        for index in counters.indices { counters[index].isChanged = false }
    }
}
