import HTTPTypes

extension RateLimits.Standing {
    /// The fields of draft-ietf-httpapi-ratelimit-headers-10, and the three of its earlier versions, which more clients
    /// read: those tell of the limit that will refuse first.
    func write(to headers: inout HTTPFields) {
        let both = [("key", key), ("company", company)].compactMap { name, standing in standing.map { (name, $0) } }
        headers[.rateLimitPolicy] = both.map { name, standing in
            "\"\(name)\";q=\(standing.rate.burst);w=\(Rate.burstSeconds)"
        }.joined(separator: ", ")
        headers[.rateLimit] = both.map { name, standing in
            "\"\(name)\";r=\(standing.remaining);t=\(standing.fullIn.secondsRoundedUp)"
        }.joined(separator: ", ")
        guard let tightest else { return }
        headers[.rateLimitLimit] = "\(tightest.rate.burst)"
        headers[.rateLimitRemaining] = "\(tightest.remaining)"
        headers[.rateLimitReset] = "\(tightest.fullIn.secondsRoundedUp)"
    }
}

extension Int64 {
    /// Of nanoseconds.
    var secondsRoundedUp: Int64 { (self + 999_999_999) / 1_000_000_000 }
}
