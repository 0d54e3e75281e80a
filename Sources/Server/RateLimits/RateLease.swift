/// What one credential was given of the shared buckets and has not used yet, here.
///
/// Each request is taken from the server's buckets before it passes, so whatever issuers hold, together they never pass
/// a limit. A credential that uses up what it was given within `lifeNanoseconds` is given twice as much the next time, one
/// that does not, half: a busy one asks the server some twenty times a second, whatever its rate, and one that comes now
/// and then asks for each request. What is not used in that time is not used any more: it comes back as time passes, as
/// all that was taken does.
struct RateLease: Sendable {
    static let lifeNanoseconds: Int64 = 100_000_000
    private static let aheadMax: Int64 = 4096

    /// How a bucket stood when the server last told of it.
    private struct Level {
        let rate: Rate
        private let fullAt: Int64

        init(_ level: RateScript.Grant.Level, _ rate: Rate, now: Int64) {
            self.rate = rate
            let fullIn = level.fullIn * 1000
            // The server's word on whether there is one, where rounding would say otherwise.
            fullAt = now + (level.remaining == 0 ? max(fullIn, rate.fullInWithoutOne) : fullIn)
        }

        func wait(now: Int64) -> Int64? { rate.wait(fullIn: max(0, fullAt - now)) }

        /// As it stands for who holds so many of what was taken; nil for who was refused.
        func standing(holding held: Int64?, now: Int64) -> Rate.Standing {
            let fullIn = max(0, fullAt - now)
            return Rate.Standing(
                rate: rate, remaining: rate.remaining(fullIn: fullIn) + (held ?? 0),
                wait: held == nil ? wait(now: now) : nil, fullIn: fullIn)
        }
    }

    private var left: Int64 = 0
    private var until: Int64 = 0
    private var ahead: Int64 = 0
    private var key: Level?
    private var company: Level?

    /// Takes one without asking the server, or tells that it would have none. Nil where the server has to be asked.
    mutating func take(now: Int64) -> RateLimits.Standing? {
        if left > 0, now < until {
            left -= 1
            return standing(holding: left, now: now)
        }
        let refused = standing(holding: nil, now: now)
        return refused.wait == nil ? nil : refused
    }

    /// How many to ask for beyond those who wait.
    mutating func askAhead(now: Int64) -> Int64 {
        ahead = left == 0 && now < until ? min(2 * ahead + 1, Self.aheadMax) : ahead / 2
        return ahead
    }

    /// The server's answer to `need` requests that waited: how each of them stands, in their order.
    mutating func settle(
        _ grant: RateScript.Grant, need: Int, key keyRate: Rate?, company companyRate: Rate?, now: Int64
    ) -> [RateLimits.Standing] {
        var levels = grant.levels[...]
        key = keyRate.flatMap { rate in levels.popFirst().map { Level($0, rate, now: now) } }
        company = companyRate.flatMap { rate in levels.popFirst().map { Level($0, rate, now: now) } }
        left = grant.granted
        until = left < need ? now : now + Self.lifeNanoseconds
        return (0..<need).map { _ in
            guard left > 0 else { return standing(holding: nil, now: now) }
            left -= 1
            return standing(holding: left, now: now)
        }
    }

    private func standing(holding held: Int64?, now: Int64) -> RateLimits.Standing {
        RateLimits.Standing(
            key: key?.standing(holding: held, now: now), company: company?.standing(holding: held, now: now))
    }
}
