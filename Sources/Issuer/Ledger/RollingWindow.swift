/// How a rolling limit is counted: one counter, the sum of all that was authorized since its start, and a start that moves.
///
/// To move it is to take from it what has left: on a busy budget a spend or two, so that no request adds up the window.
/// After a pause whole strides leave at once, a thousandth of the window each; only at the two ends of what leaves are
/// single spends looked at. The window and every stride are counters like all others: whatever becomes of a spend shifts
/// those that cover it.
///
/// Every stride that has seen a spend and ends after the window's start is open.
struct RollingWindow {
    private let counters: WindowCounters

    init(_ seconds: Int64, of subject: CounterKey.Subject, currency: CurrencyCode, in books: Books) {
        counters = WindowCounters(subject: subject, seconds: seconds, currency: currency, books: books)
    }

    /// What `window` has seen. `known` is the counter as it was last looked at; nil where there is none.
    func spend(in window: Period, known: (window: Period, spend: Spend)?) throws(StorageError) -> Spend {
        guard let known else { return try open(window) }
        let (was, now) = (known.window.start, window.start)
        if now == was { return known.spend }
        if now > was {
            return try counters.move(known.window, to: now, changing: -counters.sum(Period(start: was, end: now)))
        }
        // The clock was set back: what had left counts again.
        try openStrides(from: now, to: was)
        return try counters.move(known.window, to: now, changing: counters.sum(Period(start: now, end: was)))
    }

    /// When so much of what `window` has seen will have left it, oldest first, if nothing becomes of it before. Nil where
    /// it has not seen so much. `window` must be what `spend` was asked for last.
    func departure(of least: Int64, _ unit: LimitUnit, from window: Period) throws(StorageError) -> Instant? {
        let aligned = counters.stride(holding: window.start).start
        let gone = try counters.sum(Period(start: aligned, end: window.start))[unit]
        guard let (stride, before) = try counters.strideReaching(least + gone, unit, after: window.start)
        else { return nil }
        let isFirst = stride.start == aligned
        return try counters.spendReaching(
            isFirst ? least : least + gone - before, unit,
            in: Period(start: isFirst ? window.start : stride.start, end: stride.end)
        )?.adding(seconds: counters.seconds)
    }

    private func open(_ window: Period) throws(StorageError) -> Spend {
        try openStrides(from: window.start, to: Period.allTime.end)
        let aligned = Period(start: counters.stride(holding: window.start).start, end: window.end)
        return try spend(in: window, known: (aligned, counters.open(aligned)))
    }

    private func openStrides(from start: Instant, to end: Instant) throws(StorageError) {
        try counters.openStrides(
            beginningIn: Period(start: counters.stride(holding: start).start, end: counters.stride(holding: end).end))
    }
}
