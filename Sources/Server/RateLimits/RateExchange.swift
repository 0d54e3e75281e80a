import PluginParts
import RedisClient

/// The connection to the server that has the shared buckets. One thread at a time.
final class RateExchange {
    /// Making a connection, and getting ready on it.
    static let connectMilliseconds: Int64 = 500
    /// A server that takes longer than this for what it is sent at once is not there: a request waits for what was sent
    /// before it came, and for what it is sent with, so twice as long; longer where so many came that they are sent in turns.
    private let answerMilliseconds: Int64
    private let open: (Deadline) throws(RedisFailure) -> RedisConnection
    private var connection: RedisConnection?
    /// The script's, as the server told it.
    private var digest: [UInt8] = []

    init(answerMilliseconds: Int64 = 25, open: @escaping (Deadline) throws(RedisFailure) -> RedisConnection) {
        self.answerMilliseconds = answerMilliseconds
        self.open = open
    }

    /// Makes a connection on which the server knows the script, and answers as fast as it must.
    func connect() throws(RedisFailure) {
        connection = nil
        let made = try open(Deadline(inMilliseconds: Self.connectMilliseconds))
        let deadline = Deadline(inMilliseconds: answerMilliseconds)
        try made.command.begin(words: 3)
        try made.command.add("SCRIPT")
        try made.command.add("LOAD")
        try made.command.add(Array(RateScript.text.utf8))
        let reply = try made.runWithoutError(until: deadline)
        // Copied before the reply goes.
        let found = reply.withText { text in text.indices.map { text[$0] } }
        guard found.count == 40 else { throw RedisFailure("The server's answer to SCRIPT LOAD is no digest.") }
        (connection, digest) = (made, found)
        try probe()
    }

    /// Whether the server does what is asked of it: one may answer, and take no writes or run no scripts.
    func probe() throws(RedisFailure) {
        _ = try runTogether([Self.nothing])
    }

    private static let nothing = RateScript.Ask(
        buckets: Rate(perSecond: 1).map { [.init(name: "paitify:rate:{probe}", rate: $0)] } ?? [], need: 0, ahead: 0)

    /// So many are sent at once, and have all the time that there is for an answer.
    static let together = 128

    /// Sends some at a time, and gives their grants before the next are sent. If this throws, any of the rest may have
    /// been done.
    func run(_ asks: [RateScript.Ask], each settle: ([RateScript.Grant]) -> Void) throws(RedisFailure) {
        for start in stride(from: 0, to: asks.count, by: Self.together) {
            settle(try runTogether(Array(asks[start...].prefix(Self.together))))
        }
    }

    /// Sends all at once, and waits for all answers.
    private func runTogether(_ asks: [RateScript.Ask]) throws(RedisFailure) -> [RateScript.Grant] {
        var grants: [RateScript.Grant] = []
        try keeping { connection, deadline throws(RedisFailure) in
            connection.command.clear()
            for ask in asks { try RateScript.add(ask, digest: digest, to: connection.command) }
            try connection.send(until: deadline)
            var unknown: [Int] = []
            for (index, ask) in asks.enumerated() {
                let reply = try connection.nextReply(until: deadline)
                if reply.isUnknownScript {
                    unknown.append(index)
                    grants.append(RateScript.Grant(granted: 0, levels: []))
                } else {
                    grants.append(try RateScript.grant(reply, of: ask))
                }
            }
            // The server was restarted, or its scripts were flushed: then none of them was run.
            if unknown.isEmpty { return }
            connection.command.clear()
            for (place, index) in unknown.enumerated() {
                try RateScript.add(asks[index], digest: place == 0 ? nil : digest, to: connection.command)
            }
            try connection.send(until: deadline)
            for index in unknown {
                grants[index] = try RateScript.grant(try connection.nextReply(until: deadline), of: asks[index])
            }
        }
        return grants
    }

    /// Closes the connection if `body` throws: what was sent on it may still be answered, and nobody must take that
    /// answer for his own.
    private func keeping(
        _ body: (RedisConnection, Deadline) throws(RedisFailure) -> Void
    ) throws(RedisFailure) {
        guard let connection else { throw RedisFailure("There is no connection.") }
        guard !connection.isSpent else {
            self.connection = nil
            throw RedisFailure("The server closed the connection.")
        }
        do throws(RedisFailure) {
            try body(connection, Deadline(inMilliseconds: answerMilliseconds))
        } catch {
            self.connection = nil
            throw error
        }
    }
}

extension RedisReply {
    private static let noScript = Array("NOSCRIPT ".utf8)

    fileprivate var isUnknownScript: Bool {
        isError
            && withText { text in
                text.count >= Self.noScript.count && Self.noScript.indices.allSatisfy { text[$0] == Self.noScript[$0] }
            }
    }
}
