/// How a rolling limit is counted: one counter, the sum of all that was authorized since its start, and a start that moves.
///
/// To move it is to take from it what has left: on a busy budget a spend or two, so that no request adds up the window.
/// After a pause whole strides leave at once, a thousandth of the window each; only at the two ends of what leaves are
/// single spends looked at. The window and every stride are counters like all others: whatever becomes of a spend shifts
/// those that cover it.
///
/// Every stride that has seen a spend and ends after the window's start is open.
struct RollingWindow {
    /// Rows read at first, for mostly the oldest few tell, and at a time from then on.
    private static let fewAtOnce = 8
    private static let manyAtOnce = 256

    private let counters: WindowCounters

    init(_ seconds: Int64, of subject: CounterKey.Subject, currency: CurrencyCode, in books: Books) {
        counters = WindowCounters(subject: subject, seconds: seconds, currency: currency, books: books)
    }

    /// What `window` has seen. `known` is the counter as it was last looked at; nil where there is none.
    func spend(in window: Period, known: (window: Period, spend: Spend)?) throws(StorageError) -> Spend {
        guard let known else { return try open(window) }
        let (was, now) = (known.window.start, window.start)
        if now == was { return known.spend }
        // What would be taken from a full one says nothing of what is left in it.
        if known.spend.isFull {
            return try counters.restart(known.window, at: now, from: counters.sum(Period(start: now, end: window.end)))
        }
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
        // The first stride has counted what left the window since the stride began.
        let gone = try counters.sum(Period(start: aligned, end: window.start))[unit]
        var (missing, last, limit) = (least + gone, window.start, Self.fewAtOnce)
        while true {
            let strides = try counters.strides(endingAfter: last, limit: limit)
            for (stride, spend) in strides {
                if spend[unit] >= missing {
                    return stride.start == aligned
                        ? try departure(of: missing - gone, unit, in: Period(start: window.start, end: stride.end))
                        : try departure(of: missing, unit, in: stride)
                }
                missing -= spend[unit]
                last = stride.end
            }
            if strides.count < limit { return nil }
            limit = Self.manyAtOnce
        }
    }

    private func departure(of least: Int64, _ unit: LimitUnit, in stride: Period) throws(StorageError) -> Instant? {
        var (missing, start, limit) = (least, stride.start, Self.fewAtOnce)
        while true {
            let spends = try counters.spends(in: Period(start: start, end: stride.end), limit: limit)
            for (at, spend) in spends {
                missing -= spend[unit]
                if missing <= 0 { return at.adding(seconds: counters.seconds) }
                start = Instant(milliseconds: at.milliseconds + 1)
            }
            if spends.count < limit { return nil }
            limit = Self.manyAtOnce
        }
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
