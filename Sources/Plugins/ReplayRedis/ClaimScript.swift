import PluginParts
import RedisClient
import Verifier

/// A claim as one command: a script, which the server runs as one step.
///
/// A script rather than SET with NX and GET: that needs Redis 7, and it makes a claim whose end is past by the server's
/// clock, and forgets it at once, so that each further claim would be the first. The script says that such a claim
/// cannot be told. Sent whole each time: a server that was restarted knows no script by its digest, and would need a
/// second round trip.
struct ClaimScript: Sendable {
    private let keyPrefix: [UInt8]

    init(keyPrefix: [UInt8]) { self.keyPrefix = keyPrefix }

    /// Answers a `ReplayAnswer`, or `over`. The longest a key is kept is ten years: beyond that, no token's end is one.
    private static let text: StaticString = """
        local owner = redis.call('GET', KEYS[1])
        if owner then
          if owner ~= '' and owner == ARGV[1] then return 1 end
          return 2
        end
        local left = tonumber(ARGV[2]) - tonumber(redis.call('TIME')[1])
        if left <= 0 then return 4 end
        redis.call('SET', KEYS[1], ARGV[1], 'EX', string.format('%d', math.min(left, 315360000)))
        return 0
        """

    /// What the script answers where the claim's end is past.
    static let over: Int64 = 4

    /// Makes the claim on a connection. Throws, or what the script answers.
    func run(
        on connection: RedisConnection, issuer: Span<UInt8>, authorizationID: Span<UInt8>, keepUntil: Int64,
        transactionID: Span<UInt8>, until deadline: Deadline
    ) throws(RedisFailure) -> Int64 {
        try connection.command.begin(words: 6)
        try connection.command.add("EVAL")
        try connection.command.add(Self.text)
        try connection.command.add(1)
        try connection.command.addKey(prefix: keyPrefix.span, issuer: issuer, authorizationID: authorizationID)
        try connection.command.add(transactionID)
        try connection.command.add(keepUntil)
        let reply = try connection.runWithoutError(until: deadline)
        guard let answer = reply.integer else { throw RedisFailure("The server's answer is no number.") }
        return answer
    }
}

extension RedisCommand {
    /// Adds a claim's key as one word: the prefix, the issuer's length, the issuer and the `jti`, so that no two pairs
    /// have one key.
    fileprivate func addKey(
        prefix: Span<UInt8>, issuer: Span<UInt8>, authorizationID: Span<UInt8>
    ) throws(RedisFailure) {
        let length = DecimalText(Int64(issuer.count))
        let colon: InlineArray<1, UInt8> = [UInt8(ascii: ":")]
        try beginWord(bytes: prefix.count + length.count + 1 + issuer.count + 1 + authorizationID.count)
        try addPart(prefix)
        try length.withBytes { digits throws(RedisFailure) in try addPart(digits) }
        try addPart(colon.span)
        try addPart(issuer)
        try addPart(colon.span)
        try addPart(authorizationID)
        try endWord()
    }
}
