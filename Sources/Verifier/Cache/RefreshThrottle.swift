/// Whether to ask the host for newer keys now: events and moments in, the next state out. It reads no clock.
///
/// However many tokens want keys, an attempt to get them is made at most once a cooldown. Attempts count, not
/// successes, and those that brought no installation back off. An attempt is: the host being asked; and what a host
/// does of its own, told from its outcome (a failure, or an installation while a refresh was due).
struct RefreshThrottle: Sendable, Equatable {
    /// A moment of an attempt. Beyond 34 years of uptime, or 70 million years after 1970, time stands still.
    struct Attempt: Sendable, Equatable {
        static let steadyMillisecondsMax: Int64 = 1 << 40 - 1
        static let wallSecondsMax: Int64 = 1 << 51 - 1

        var steadyMilliseconds: Int64
        /// Nil if another thread made the attempt this instant and has not noted it yet.
        var wallSeconds: Int64?

        init(at now: Instant) {
            steadyMilliseconds = min(max(now.steadyMilliseconds, 0), Self.steadyMillisecondsMax)
            wallSeconds = min(max(now.wallSeconds, 0), Self.wallSecondsMax)
        }

        init(steadyMilliseconds: Int64, wallSeconds: Int64?) {
            self.steadyMilliseconds = steadyMilliseconds
            self.wallSeconds = wallSeconds
        }

        /// Milliseconds since the attempt: as with a key's age, of the two clocks the one that says more is believed. A
        /// machine that was suspended, or a host's own clock, may let the steady one miss time.
        func elapsed(at now: Instant) -> Int64 {
            let now = Attempt(at: now)
            let bySteady = now.steadyMilliseconds - steadyMilliseconds
            guard let from = wallSeconds, let to = now.wallSeconds else { return max(bySteady, 0) }
            return max(bySteady, (to - from).multipliedClamped(by: 1000), 0)
        }
    }

    /// What a verification found the keys to lack.
    enum Need: Sendable, Equatable {
        /// Nothing is installed, it is stale, or a refresh is due.
        case refresh
        /// The token's `kid` is none of the installed keys'.
        case unknownKey
    }

    static let attemptsMax = 255
    static let numberMax: UInt16 = 1 << 13 - 1

    /// The last attempt, nil before the first.
    var last: Attempt?
    /// Which attempt that was, modulo `numberMax` + 1.
    var number: UInt16 = 0
    /// Attempts since the last installation; stays at `attemptsMax`.
    var attempts = 0
    /// Whether the last attempt has neither failed nor brought an installation yet.
    var isAwaited = false
    /// Whether a token named a key that is not installed, since the last installation.
    var lacksKey = false

    /// Attempts in a row that failed, the one under way aside.
    var failures: Int { isAwaited ? max(attempts - 1, 0) : attempts }

    // MARK: Moments

    /// Milliseconds until the next attempt is allowed; 0 if it is.
    func wait(at now: Instant, cooldownSeconds: UInt32) -> Int64 {
        guard let last else { return 0 }
        let wait = max(Int64(cooldownSeconds) * 1000, Self.backOff(after: attempts))
        return max(wait - last.elapsed(at: now), 0)
    }

    /// Milliseconds to wait after so many attempts in a row without an installation: 1 s, 2 s, 4 s, … 60 s.
    static func backOff(after attempts: Int) -> Int64 {
        guard attempts > 0 else { return 0 }
        return min(1000 << Int64(min(attempts - 1, 6)), 60_000)
    }

    // MARK: Events

    /// A verification lacks something. `asks` tells whether the host is to be asked now, which counts as an attempt; a
    /// host that is never asked has `canAsk` false, and polls.
    func needing(
        _ need: Need, at now: Instant, cooldownSeconds: UInt32, canAsk: Bool
    ) -> (next: RefreshThrottle, asks: Bool) {
        var next = self
        if need == .unknownKey { next.lacksKey = true }
        guard canAsk, wait(at: now, cooldownSeconds: cooldownSeconds) == 0 else { return (next, false) }
        next.attempt(at: now)
        next.isAwaited = true
        return (next, true)
    }

    /// An attempt failed: the one that is awaited, or else one that the host made of its own. The wait begins anew,
    /// since a fetch may take as long to fail as the back-off.
    func failing(at now: Instant) -> RefreshThrottle {
        var next = self
        if isAwaited { next.attempts -= 1 }  // it was counted when it was asked for
        next.attempt(at: now)
        next.isAwaited = false
        return next
    }

    /// Keys were installed. The cooldown since the last attempt still holds; an installation that nobody was asked for
    /// was itself an attempt where a refresh of installed keys was due, be it by their age (`wasDue`) or for a key that
    /// they lacked: or a host that polls would fetch for each token.
    func installing(at now: Instant, wasDue: Bool) -> RefreshThrottle {
        var next = self
        if wasDue || lacksKey, !isAwaited { next.attempt(at: now) }
        next.attempts = 0
        next.isAwaited = false
        next.lacksKey = false
        return next
    }

    private mutating func attempt(at now: Instant) {
        last = Attempt(at: now)
        number = number & Self.numberMax == Self.numberMax ? 0 : number + 1
        attempts = min(attempts + 1, Self.attemptsMax)
    }
}

/// The same in two words, each of which is read and written at once.
///
/// The second word holds the attempt's wall clock time, and the number of the attempt that it belongs to: where the
/// numbers differ, a thread is between its two stores, and the steady clock alone is gone by.
extension RefreshThrottle {
    struct Words: Sendable, Equatable {
        /// From the lowest bit: steady milliseconds (40), attempts (8), number (13), whether there was an attempt, is
        /// awaited, lacks a key.
        var state: UInt64 = 0
        /// From the lowest bit: Unix seconds (51), number (13).
        var wall: UInt64 = 0
    }

    init(_ words: Words) {
        number = UInt16(words.state >> 48 & UInt64(Self.numberMax))
        attempts = Int(words.state >> 40 & 0xFF)
        isAwaited = words.state >> 62 & 1 != 0
        lacksKey = words.state >> 63 & 1 != 0
        guard words.state >> 61 & 1 != 0 else { return }
        let isNoted = words.wall >> 51 == UInt64(number)
        last = Attempt(
            steadyMilliseconds: Int64(words.state & UInt64(Attempt.steadyMillisecondsMax)),
            wallSeconds: isNoted ? Int64(words.wall & UInt64(Attempt.wallSecondsMax)) : nil)
    }

    var words: Words {
        var words = Words()
        words.state = UInt64(attempts) << 40 | UInt64(number) << 48
        if isAwaited { words.state |= 1 << 62 }
        if lacksKey { words.state |= 1 << 63 }
        guard let last else { return words }
        words.state |= UInt64(last.steadyMilliseconds) | 1 << 61
        if let seconds = last.wallSeconds { words.wall = UInt64(seconds) | UInt64(number) << 51 }
        return words
    }
}
