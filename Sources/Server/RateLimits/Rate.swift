/// So many a second, and twice as many at once after a pause.
///
/// A token bucket, kept as the one number that it comes down to: when it will be full again (the generic cell rate
/// algorithm, ITU-T I.371 annex A). Nanoseconds of a clock that only goes forward.
struct Rate: Sendable, Equatable {
    let perSecond: Int64

    /// Nil for 0, which is no limit. At most a thousand million.
    init?(perSecond: Int) {
        guard (1...1_000_000_000).contains(perSecond) else { return nil }
        self.perSecond = Int64(perSecond)
    }

    static let burstSeconds: Int64 = 2
    /// What is there after a pause.
    var burst: Int64 { perSecond * Self.burstSeconds }
    private static let windowNanoseconds = burstSeconds * 1_000_000_000

    /// Takes one from a bucket that is full at `fullAt`. Changes nothing where there is none.
    func take(from fullAt: inout Int64, now: Int64) -> Standing {
        let after = max(fullAt, now) + interval
        guard after - now <= Self.windowNanoseconds else {
            return Standing(rate: self, remaining: 0, wait: after - now - Self.windowNanoseconds, fullIn: fullAt - now)
        }
        fullAt = after
        return Standing(
            rate: self, remaining: (Self.windowNanoseconds - (after - now)) / interval, wait: nil, fullIn: after - now)
    }

    /// Whether there is one to take, without taking it.
    func hasOne(in fullAt: Int64, now: Int64) -> Bool {
        max(fullAt, now) + interval - now <= Self.windowNanoseconds
    }

    /// How many a bucket has that will be full in `fullIn` nanoseconds.
    func remaining(fullIn: Int64) -> Int64 { max(0, (Self.windowNanoseconds - fullIn) / interval) }

    /// How long until a bucket has one that will be full in `fullIn` nanoseconds; nil where it has one now.
    func wait(fullIn: Int64) -> Int64? {
        let wait = fullIn + interval - Self.windowNanoseconds
        return wait > 0 ? wait : nil
    }

    /// The least `fullIn` of a bucket that has none.
    var fullInWithoutOne: Int64 { Self.windowNanoseconds - interval + 1 }

    /// How long one takes to come back.
    private var interval: Int64 { 1_000_000_000 / perSecond }

    /// How a bucket stands after something was taken, or refused.
    struct Standing: Sendable, Equatable {
        let rate: Rate
        let remaining: Int64
        /// Nanoseconds until there is one again, where there was none to take.
        let wait: Int64?
        /// Nanoseconds until all are there again.
        let fullIn: Int64
    }
}
