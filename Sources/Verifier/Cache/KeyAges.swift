/// How old keys may get: when a refresh is due, and when they serve no longer. Fixed when they are installed.
struct KeyAges: Sendable, Equatable {
    /// From this age on a refresh is due.
    let refreshMilliseconds: Int64
    /// Beyond this age nothing verifies. In whole seconds, as the time of the fetch is: nobody can tell a part of one.
    let staleSeconds: Int64

    /// - Parameters:
    ///   - maxAgeSeconds: how long the fetcher was told that the document is fresh (RFC 9111 §5.2.2.1), or nil. The
    ///     shorter freshness counts, and none is longer than keys may serve.
    ///   - random: any number. It spreads the refreshes of processors that were started together over 72 to 88 % of the
    ///     freshness: 80 %, and a tenth of that more or less.
    init(freshSeconds: UInt32, maxStaleSeconds: UInt32, maxAgeSeconds: UInt32?, random: UInt64) {
        let fresh = Int64(min(freshSeconds, maxStaleSeconds, maxAgeSeconds ?? .max))
        let share = 720_000 + Int64(random % 160_001)  // parts of a million
        refreshMilliseconds = fresh * 1000 * share / 1_000_000  // below 2^63 for every UInt32
        staleSeconds = Int64(maxStaleSeconds)
    }
}
