/// Opens counters that no limit needed before, which means adding up what their periods have already seen.
///
/// All other requests of the lane wait for that, so one transaction adds up so many authorizations at most. What is more is
/// opened in steps, each a transaction of its own, from the newest authorization back to the beginning (`Backlog`).
struct CounterOpening {
    let books: Books
    let currency: CurrencyCode
    /// Whether what is too much is opened as far as it goes, in a transaction that does nothing else.
    let isStep: Bool
    /// How many authorizations may still be added up.
    private(set) var left: Int64

    init(_ books: Books, currency: CurrencyCode, isStep: Bool, countedMax: Int64) {
        self.books = books
        self.currency = currency
        self.isStep = isStep
        left = countedMax
    }

    /// Opens the counter of a calendar period, or of a stride, with what it has seen. Nil where that is too much for now.
    mutating func open(_ key: CounterKey, dropAt: Instant?) throws(StorageError) -> Spend? {
        let part = try Counters.part(of: key, currency: currency, in: books)
        let rest = Period(start: key.period.start, end: part?.start ?? key.period.end)
        let seen = try Counters.seen(by: key.subject, currency: currency, in: rest, limit: left + 1, books)
        let start: Instant
        if seen.count <= left {
            left -= seen.count
            guard part != nil else { return try Counters.open(key, currency: currency, dropAt: dropAt, in: books) }
            start = rest.start
        } else {
            guard isStep, left > 0, let oldest = seen.oldest else { return nil }
            left = 0
            start = max(rest.start, try mark(at: oldest, of: key))
        }
        let added = try Counters.sum(
            CounterKey(subject: key.subject, period: Period(start: start, end: rest.end)), currency: currency,
            in: books)
        let spend = (part?.spend ?? Spend()) + added
        try Counters.bring(
            key, from: part, to: start, with: spend, currency: currency,
            dropAt: start == rest.start ? dropAt : books.now.adding(seconds: 7 * 86_400), in: books)
        return start == rest.start ? spend : nil
    }

    /// Whether so many may be added up now as a stretch has seen. They are taken as added up then.
    mutating func takeIfAffordable(_ stretch: Period, of subject: CounterKey.Subject) throws(StorageError) -> Bool {
        let count = try Counters.seen(by: subject, currency: currency, in: stretch, limit: left + 1, books).count
        guard count <= left else { return false }
        left -= count
        return true
    }

    mutating func take(_ count: Int64) { left = max(0, left - count) }

    /// At an instant or just before it: where no counter with this end begins, nor a whole one ever will, be it of days or a
    /// stride.
    private func mark(at instant: Instant, of key: CounterKey) throws(StorageError) -> Instant {
        let end = key.period.end
        var start = instant.milliseconds
        while true {
            let beginning = Instant(milliseconds: start)
            let mayBeWhole = start % 1000 == 0 || start % (end.milliseconds - start) == 0
            if !mayBeWhole {
                let here = CounterKey(subject: key.subject, period: Period(start: beginning, end: end))
                if try Counters.opened(here, currency: currency, in: books) == nil { return beginning }
            }
            start -= 1
        }
    }
}
