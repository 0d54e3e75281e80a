import PluginParts
import RedisClient

/// Takes from the buckets that all issuers share, as one command: a script, which the server runs as one step and by
/// its own clock, so no issuer's matters.
///
/// A bucket is what has been taken of it and when that was so. Where the server's clock goes back, nothing comes back
/// until it has gone forward again from there; where it jumps, a bucket is full once too early. A value that is none
/// of these is written over with a full bucket's.
enum RateScript {
    /// Both buckets of a request have the company in braces: of a cluster, one node has them.
    static let text = """
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]
        local need, ahead, burst = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        local taken, left = {}, 1e9
        for i, key in ipairs(KEYS) do
          local rate = tonumber(ARGV[3 + i])
          local found = redis.pcall('GET', key)
          local amount, at = string.match(type(found) == 'string' and found or '', '^(%d+%.%d+) (%d+)$')
          local back = math.max(0, now - tonumber(at or 0)) * rate / 1000000
          taken[i] = math.max(0, math.min(tonumber(amount or 0), burst * rate) - back)
          left = math.min(left, math.floor(burst * rate - taken[i] + 0.000001))
        end
        local granted = math.max(0, math.min(need, left))
        granted = granted + math.max(0, math.min(ahead, math.floor((left - granted) / 4)))
        local answer = {granted}
        for i, key in ipairs(KEYS) do
          local rate = tonumber(ARGV[3 + i])
          taken[i] = taken[i] + granted
          local full = taken[i] / rate
          local life = string.format('%d', math.floor(full * 1000) + 1000)
          redis.call('SET', key, string.format('%.6f %.0f', taken[i], now), 'PX', life)
          answer[2 * i] = math.floor(burst * rate - taken[i] + 0.000001)
          answer[2 * i + 1] = math.floor(full * 1000000)
        end
        return answer
        """

    /// What is wanted for one credential.
    struct Ask: Sendable, Equatable {
        /// The buckets, the key's first, where it has one.
        var buckets: [Bucket]
        /// Requests that wait.
        var need: Int64
        /// How many more are wanted for those that will come: of what is left then, at most a quarter is given for that.
        var ahead: Int64
    }

    struct Bucket: Sendable, Equatable {
        let name: String
        let rate: Rate
    }

    /// What was given.
    struct Grant: Sendable, Equatable {
        /// Of the same order as the ask's buckets.
        struct Level: Sendable, Equatable {
            let remaining: Int64
            /// Microseconds until all are there again.
            let fullIn: Int64
        }

        let granted: Int64
        let levels: [Level]
    }

    /// Adds the command that runs the script: by its digest, or with `nil` its text, which the server then knows.
    static func add(_ ask: Ask, digest: [UInt8]?, to command: RedisCommand) throws(RedisFailure) {
        try command.beginNext(words: Int64(6 + 2 * ask.buckets.count))
        try command.add(digest == nil ? "EVAL" : "EVALSHA")
        try command.add(digest ?? Array(text.utf8))
        try command.add(Int64(ask.buckets.count))
        for bucket in ask.buckets { try command.add(Array(bucket.name.utf8)) }
        try command.add(ask.need)
        try command.add(ask.ahead)
        try command.add(Rate.burstSeconds)
        for bucket in ask.buckets { try command.add(bucket.rate.perSecond) }
    }

    /// Microseconds until an empty bucket is full, and a little for what the script rounds.
    private static let fullInMax = Rate.burstSeconds * 1_000_000 + 1000

    /// Throws where the reply is none of the script's.
    static func grant(_ reply: RedisReply, of ask: Ask) throws(RedisFailure) -> Grant {
        guard !reply.isError else { throw RedisFailure(error: reply) }
        var numbers: [Int64] = []
        for index in 0...2 * ask.buckets.count {
            guard let number = reply.integer(at: index), number >= 0 else {
                throw RedisFailure("The server's answer is none of the script's.")
            }
            numbers.append(number)
        }
        guard numbers[0] <= ask.need + ask.ahead else {
            throw RedisFailure("The server gave more than was asked for.")
        }
        let levels = ask.buckets.indices.map {
            Grant.Level(remaining: numbers[2 * $0 + 1], fullIn: numbers[2 * $0 + 2])
        }
        guard zip(levels, ask.buckets).allSatisfy({ $0.remaining <= $1.rate.burst && $0.fullIn <= fullInMax }) else {
            throw RedisFailure("The server told of more than a bucket holds.")
        }
        return Grant(granted: numbers[0], levels: levels)
    }
}
