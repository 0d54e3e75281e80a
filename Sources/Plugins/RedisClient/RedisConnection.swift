import HiredisLib
import POSIX
package import PluginParts
import Verifier

/// One connection to a server, on which nothing waits beyond a deadline. One thread at a time.
///
/// hiredis connects and reads replies. What is sent goes past it: it would raise SIGPIPE in the host. Where there is a
/// transport, so does what is read.
@safe package final class RedisConnection: @unchecked Sendable {
    // Sendable: it passes from thread to thread, and is one's at a time.
    private let context: UnsafeMutablePointer<redisContext>
    private let bounds: UnsafeMutablePointer<hiredis_bounds>
    private var transport: (any RedisTransport)?
    /// What was read last.
    private var reply: UnsafeMutablePointer<redisReply>?
    /// What is sent next.
    package let command = RedisCommand()

    /// Connects. Throws where the server is not reached in time. `transport`: what all goes through from then on, on the
    /// socket that it is given, which is the connection's.
    package static func open(
        _ address: RedisAddress, until deadline: Deadline,
        transport: ((_ socket: Int32) throws(RedisFailure) -> any RedisTransport)? = nil
    ) throws(RedisFailure) -> RedisConnection {
        guard let context = unsafe address.begin() else { throw RedisFailure("Memory ran out.") }
        guard let bounds = unsafe hiredis_bound_arrays(context) else {
            unsafe redisFree(context)
            throw RedisFailure("Memory ran out.")
        }
        let connection = unsafe RedisConnection(takingOwnershipOf: context, bounds)
        guard unsafe context.pointee.err == 0 else { throw connection.failure("The server was not reached: ") }
        posix_close_on_exec(connection.socket)
        guard connection.canWrite(until: deadline) else {
            throw RedisFailure("The server was not reached in time.")
        }
        let number = posix_socket_error(connection.socket)
        guard number == 0 else { throw RedisFailure(ShortText("The server was not reached: ", systemError: number)) }
        if let transport { connection.transport = try transport(connection.socket) }
        return connection
    }

    private init(
        takingOwnershipOf context: UnsafeMutablePointer<redisContext>, _ bounds: UnsafeMutablePointer<hiredis_bounds>
    ) {
        unsafe (self.context, self.bounds) = (context, bounds)
    }

    /// Closes it, and sends nothing.
    deinit {
        unsafe freeReplyObject(reply)
        unsafe redisFree(context)
        unsafe free(bounds)
    }

    private var socket: Int32 { unsafe hiredis_descriptor(context) }

    /// Whether the server has closed it, or has sent what nobody asked for: then it must not be used again.
    package var isSpent: Bool { posix_can_read_within(socket, 0) != 0 }

    /// Sends the command, and waits for its reply. If this throws, the command may have been done or not.
    package func run(until deadline: Deadline) throws(RedisFailure) -> RedisReply {
        try send(until: deadline)
        return try nextReply(until: deadline)
    }

    /// As `run`, of a command whose reply must not be an error.
    package func runWithoutError(until deadline: Deadline) throws(RedisFailure) -> RedisReply {
        let reply = try run(until: deadline)
        guard reply.isError else { return reply }
        throw RedisFailure(error: reply)
    }

    /// More than what is asked here is answered with: the longest is what a server tells of itself.
    private static let replyBytesMax = 256 * 1024

    /// Waits for the reply to the first of what was sent that has none yet.
    ///
    /// What came in time is taken however late it is looked for: so there is one look after the deadline, and no second, which
    /// a server that goes on sending would have for ever.
    package func nextReply(until deadline: Deadline) throws(RedisFailure) -> RedisReply {
        var count = 0
        var isLate = false
        while true {
            var reply: UnsafeMutablePointer<redisReply>?
            let found = unsafe hiredis_next_reply(context, &reply)
            if let reply = unsafe reply {
                unsafe freeReplyObject(self.reply)
                unsafe self.reply = reply
                return unsafe RedisReply(reply, of: self)
            }
            guard found == 0 else { throw RedisFailure("What the server sent is no reply, or memory ran out.") }
            guard !isLate else { throw RedisFailure("The server did not answer in time.") }
            guard count < Self.replyBytesMax else { throw RedisFailure("The server's answer is too long.") }
            isLate = deadline.remainingMilliseconds == 0
            let before = unsafe hiredis_held_count(context)
            if let transport {
                try read(through: transport, until: deadline)
            } else {
                guard canRead(until: deadline) else { throw RedisFailure("The server did not answer in time.") }
                guard unsafe redisBufferRead(context) == REDIS_OK else { throw failure("The connection was lost: ") }
            }
            count += unsafe hiredis_held_count(context) - before
        }
    }

    private func read(through transport: any RedisTransport, until deadline: Deadline) throws(RedisFailure) {
        var block = InlineArray<4096, UInt8>(repeating: 0)
        var span = block.mutableSpan
        let (outcome, isFed) = unsafe span.withUnsafeMutableBytes { bytes in
            let outcome = unsafe transport.read(into: bytes)
            guard case .moved(let count) = outcome else { return (outcome, true) }
            return (outcome, unsafe hiredis_feed(context, bytes.baseAddress, count) == 0)
        }
        guard isFed else { throw RedisFailure("What the server sent is no reply, or memory ran out.") }
        try wait(after: outcome, until: deadline)
    }

    /// For what a transport has to wait for, if it has.
    private func wait(after outcome: RedisTransfer, until deadline: Deadline) throws(RedisFailure) {
        let isTime: Bool
        switch outcome {
        case .moved: isTime = true
        case .waitToRead: isTime = canRead(until: deadline)
        case .waitToWrite: isTime = canWrite(until: deadline)
        case .ended(let why): throw why
        }
        if !isTime { throw RedisFailure("The server did not answer in time.") }
    }

    /// Sends every command that was begun since the last.
    package func send(until deadline: Deadline) throws(RedisFailure) {
        var sent = 0
        while sent < command.count {
            let rest = unsafe command.bytes(from: sent)
            if let transport {
                let outcome = unsafe transport.write(rest)
                if case .moved(let count) = outcome { sent += count }
                try wait(after: outcome, until: deadline)
                // A server may send so much that there is always something to read first.
                guard sent == command.count || deadline.remainingMilliseconds > 0 else {
                    throw RedisFailure("The server did not take a command in time.")
                }
                continue
            }
            let count = unsafe posix_send_without_signal(socket, rest.baseAddress, rest.count)
            if count > 0 {
                sent += count
                continue
            }
            guard posix_was_interrupted() != 0 else {
                throw RedisFailure(ShortText("The connection was lost: ", systemError: posix_errno()))
            }
            guard canWrite(until: deadline) else { throw RedisFailure("The server did not take a command in time.") }
        }
    }

    private func canWrite(until deadline: Deadline) -> Bool {
        repeat {
            if posix_can_write_within(socket, deadline.remainingForPoll) != 0 { return true }
        } while deadline.remainingMilliseconds > 0
        return false
    }

    private func canRead(until deadline: Deadline) -> Bool {
        repeat {
            if posix_can_read_within(socket, deadline.remainingForPoll) != 0 { return true }
        } while deadline.remainingMilliseconds > 0
        return false
    }

    /// With what hiredis says of it.
    private func failure(_ beginning: StaticString) -> RedisFailure {
        var words = ShortText(beginning)
        if let text = unsafe hiredis_error_text(context) {
            let bytes = unsafe UnsafeRawBufferPointer(start: text, count: strlen(text)).bindMemory(to: UInt8.self)
            unsafe words.append(bytes.span)
        }
        return RedisFailure(words)
    }
}

extension Deadline {
    /// The same for poll(2).
    fileprivate var remainingForPoll: Int32 { Int32(clamping: remainingMilliseconds) }
}

extension RedisFailure {
    /// What the server says is wrong.
    package init(error reply: RedisReply) {
        var words = ShortText("The server says: ")
        reply.withText { text in
            words.append(text)
            if Self.isOfCluster(text) {
                words.append(
                    " (a node of a Redis Cluster: name a server that stands alone, or a proxy before the nodes)")
            }
        }
        self.init(words)
    }

    /// What only a cluster's node answers: https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/.
    private static func isOfCluster(_ text: Span<UInt8>) -> Bool {
        begins(text, "MOVED ") || begins(text, "ASK ") || begins(text, "CROSSSLOT ") || begins(text, "CLUSTERDOWN ")
            || begins(text, "TRYAGAIN ")
    }

    private static func begins(_ text: Span<UInt8>, _ word: StaticString) -> Bool {
        guard text.count >= word.utf8CodeUnitCount else { return false }
        for index in 0..<word.utf8CodeUnitCount {
            guard unsafe text[index] == word.utf8Start[index] else { return false }
        }
        return true
    }
}
