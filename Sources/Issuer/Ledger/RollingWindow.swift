/// How a rolling limit is counted: one counter, the sum of all that was authorized since its start, and a start that moves.
///
/// To move it is to take from it what has left: on a busy budget a spend or two, so that no request adds up the window.
/// After a pause whole strides leave at once, a thousandth of the window each; only at the two ends of what leaves are
/// single spends looked at. The window and every stride are counters like all others: whatever becomes of a spend shifts
/// those that cover it.
///
/// Every stride that has seen a spend and ends after the window's start is open.
struct RollingWindow {
    /// As it was last looked at: since when it counted then, and what it had seen.
    typealias Known = (window: Period, spend: Spend)

    /// Rows read at first, for mostly the oldest few tell, and at a time from then on.
    private static let fewAtOnce = 8
    private static let manyAtOnce = 256
    /// What a step by a stride costs, counted as authorizations that are added up.
    private static let stepCost: Int64 = 16
    /// What leaves a window that moves by a second at most is not counted first: so much is not spent in a second.
    private static let uncountedSeconds: Int64 = 1

    private let counters: WindowCounters

    init(_ seconds: Int64, of subject: CounterKey.Subject, currency: CurrencyCode, in books: Books) {
        counters = WindowCounters(subject: subject, seconds: seconds, currency: currency, books: books)
    }

    /// What `window` has seen. `known`: nil where there is no counter. Gives nil where more has to be added up for it than may
    /// be now.
    func spend(
        in window: Period, known: Known?, by opening: inout CounterOpening
    ) throws(StorageError) -> Spend? {
        let now = window.start
        guard let known, known.window.start <= now else {
            // It is new, or the clock was set back: then what had left counts again.
            let rest = Period(
                start: counters.stride(holding: now).start, end: known?.window.start ?? Period.allTime.end)
            guard try opening.takeIfAffordable(rest, of: counters.subject) else {
                return opening.isStep ? try walkBack(to: window, known, by: &opening) : nil
            }
            guard let known else { return try open(window) }
            try openStrides(from: now, to: rest.end)
            return try move(known, to: now)
        }
        if now <= known.window.start.adding(seconds: Self.uncountedSeconds) { return try move(known, to: now) }
        guard try opening.takeIfAffordable(Period(start: known.window.start, end: now), of: counters.subject) else {
            return opening.isStep ? try walkOn(known, to: now, by: &opening) : nil
        }
        return try move(known, to: now)
    }

    private func move(_ known: Known, to now: Instant) throws(StorageError) -> Spend {
        let (window, start) = (known.window, known.window.start)
        if now == start { return known.spend }
        // A full window's amount is not the sum of what it has seen: that is added up anew.
        if known.spend.isFull {
            return try counters.put(window, at: now, counters.sum(Period(start: now, end: window.end)))
        }
        let change =
            now < start
            ? try counters.sum(Period(start: now, end: start)) : try -counters.sum(Period(start: start, end: now))
        return try counters.put(window, at: now, known.spend + change)
    }

    /// Lets the window begin later, in steps: to the end of the stride that it begins in, past all whole strides at once, and
    /// into the last; within a stride past as many spends as may be added up now. Nil where it has not come to `now`.
    private func walkOn(
        _ known: Known, to now: Instant, by opening: inout CounterOpening
    ) throws(StorageError) -> Spend? {
        var current = known
        while opening.left > 0 {
            let (start, last) = (current.window.start, counters.stride(holding: now).start)
            let stride = counters.stride(holding: start)
            var (end, gone) = (last, Spend())
            if start == stride.start, start < last {
                gone = try counters.sum(Period(start: start, end: last))
            } else {
                end = min(stride.end, now)
                let spends = try counters.spends(in: Period(start: start, end: end), limit: Int(opening.left))
                gone = spends.reduce(gone) { $0 + $1.spend }
                if let newest = spends.last, spends.count >= opening.left {
                    end = Instant(milliseconds: newest.at.milliseconds + 1)
                }
                opening.take(Int64(spends.count))
            }
            opening.take(Self.stepCost)
            let spend = try counters.put(current.window, at: end, current.spend + -gone)
            if end == now { return spend }
            current = (Period(start: end, end: current.window.end), spend)
        }
        return nil
    }

    /// Lets the window begin earlier, as far as that goes: by whole strides, each of which is opened first, and by parts
    /// of one in which there is much.
    private func walkBack(
        to window: Period, _ known: Known?, by opening: inout CounterOpening
    ) throws(StorageError) -> Spend? {
        let now = window.start
        var current: Known
        if let known {
            current = known
        } else {
            let newest = try counters.newest(in: Period(start: now, end: Period.allTime.end)) ?? now
            let empty = Period(start: counters.stride(holding: newest).end, end: window.end)
            current = (empty, try counters.open(empty))
        }
        while opening.left > 0 {
            let was = current.window.start
            guard let newest = try counters.newest(in: Period(start: now, end: was)) else {
                return try counters.put(current.window, at: now, current.spend)
            }
            let stride = counters.stride(holding: newest)
            var start = max(stride.start, now)
            if stride.end <= was {
                guard try open(stride: stride, by: &opening) else { return nil }
            }
            let stretch = Period(start: start, end: min(stride.end, was))
            if stretch != stride {
                let seen = try counters.seen(in: stretch, limit: opening.left + 1)
                if seen.count > opening.left, let oldest = seen.oldest { start = oldest }
                opening.take(seen.count)
            }
            // A few statements, whatever they find.
            opening.take(Self.stepCost)
            let change = try counters.sum(Period(start: start, end: stretch.end))
            let spend = try counters.put(current.window, at: start, current.spend + change)
            if start == now { return spend }
            current = (Period(start: start, end: window.end), spend)
        }
        return nil
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

    /// Opens a stride, as far as may be added up now, where it is not open yet. Whether it is open now.
    private func open(stride: Period, by opening: inout CounterOpening) throws(StorageError) -> Bool {
        let key = CounterKey(subject: counters.subject, period: stride)
        if try Counters.opened(key, currency: counters.currency, in: counters.books) != nil { return true }
        return try opening.open(key, dropAt: Period.dropping(from: stride.end, ofWindow: counters.seconds)) != nil
    }

    private func open(_ window: Period) throws(StorageError) -> Spend {
        try openStrides(from: window.start, to: Period.allTime.end)
        let aligned = Period(start: counters.stride(holding: window.start).start, end: window.end)
        return try move((aligned, counters.open(aligned)), to: window.start)
    }

    private func openStrides(from start: Instant, to end: Instant) throws(StorageError) {
        try counters.openStrides(
            beginningIn: Period(start: counters.stride(holding: start).start, end: counters.stride(holding: end).end))
    }
}
