import PluginParts
import RedisClient
public import Verifier

/// A replay guard on a Redis server, which the processors of many hosts share.
///
/// One command a claim, which the server runs as one step. What it cannot tell in time it answers `unavailable`, and
/// closes the connection, since the claim may have been made all the same: the same transaction can try again. Any
/// number of threads; those beyond `connections` wait for one. After a fork it serves the process that made it, and
/// answers a child `unavailable`.
///
/// It promises what the server keeps: a server that loses data (without an append-only file that is synced with each
/// write, or by a failover to a replica that lags) loses claims.
public final class RedisReplayGuard: ReplayGuard, Sendable {
    private let pool: RedisPool
    private let script: ClaimScript
    private let tally: ClaimTally
    private let waitMilliseconds: Int64
    private let process = OwnProcess()

    /// A guard that connects when it is first asked: a server that is down does not keep a processor from starting.
    ///
    /// Throws `argument` for options out of their bounds, or `noMemory`.
    public convenience init(options: Options = Options()) throws(VerifyError) {
        try options.check()
        try Memory.require(Memory.reserve)
        // Embedded Swift leaks an object whose init throws (6.3), so what can fail comes before the object.
        self.init(try RedisPool.make(options), try ClaimTally.make(), options)
    }

    private init(_ pool: RedisPool, _ tally: ClaimTally, _ options: Options) {
        self.pool = pool
        self.tally = tally
        script = ClaimScript(keyPrefix: Array(options.keyPrefix.utf8))
        waitMilliseconds = Int64(options.waitMilliseconds)
    }

    /// What it answered, and why it could not.
    public var health: GuardHealth { tally.health }

    /// Asks the server whether it is there and takes claims. Throws `io`, with what is wrong.
    public func check() throws(VerifyError) {
        guard process.isThis else { throw VerifyError(.io, "The guard is that of this process's parent.") }
        let deadline = Deadline(inMilliseconds: waitMilliseconds)
        do throws(RedisFailure) {
            try pool.withConnection(until: deadline) { connection throws(RedisFailure) in
                try connection.command.begin(words: 1)
                try connection.command.add("PING")
                _ = try connection.runWithoutError(until: deadline)
            }
        } catch {
            throw VerifyError(.io, error.words.string)
        }
    }

    public func claim(
        issuer: Span<UInt8>, authorizationID: Span<UInt8>, keepUntil: Int64, transactionID: Span<UInt8>
    ) -> ReplayAnswer {
        guard process.isThis else {
            return unavailable(ShortText("The guard is that of the process that this one was forked from."))
        }
        let deadline = Deadline(inMilliseconds: waitMilliseconds)
        do throws(RedisFailure) {
            let found = try pool.withConnection(until: deadline) { connection throws(RedisFailure) in
                try script.run(
                    on: connection, issuer: issuer, authorizationID: authorizationID, keepUntil: keepUntil,
                    transactionID: transactionID, until: deadline)
            }
            if found == ClaimScript.over {
                return unavailable(
                    ShortText("The token has ended by the server's clock, and its claim may have been forgotten."))
            }
            guard let answer = ReplayAnswer(rawValue: Int32(clamping: found)), answer != .unavailable else {
                return unavailable(ShortText("The server's answer is none of a claim's."))
            }
            return tally.noting(answer)
        } catch {
            return unavailable(error.words)
        }
    }

    private func unavailable(_ words: ShortText) -> ReplayAnswer {
        tally.unavailable(words, at: Clock.system.wallSecondsOrNone)
    }
}
