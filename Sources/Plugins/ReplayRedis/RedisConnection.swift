import HiredisLib
import POSIX
import PluginParts
import Verifier

/// One connection to a server, on which nothing waits beyond a deadline. One thread at a time.
///
/// hiredis connects and reads replies. What is sent goes past it: it would raise SIGPIPE in the host.
@safe final class RedisConnection: @unchecked Sendable {
    // Sendable: it passes from thread to thread, and is one's at a time.
    private let context: UnsafeMutablePointer<redisContext>
    /// The next command.
    let command = RedisCommand()

    /// Connects. Throws where the server is not reached in time.
    static func open(_ address: RedisAddress, until deadline: Deadline) throws(RedisFailure) -> RedisConnection {
        guard let context = unsafe address.begin() else { throw RedisFailure("Memory ran out.") }
        let connection = unsafe RedisConnection(takingOwnershipOf: context)
        guard unsafe context.pointee.err == 0 else { throw connection.failure("The server was not reached: ") }
        posix_close_on_exec(connection.socket)
        guard connection.canWrite(until: deadline) else {
            throw RedisFailure("The server was not reached in time.")
        }
        let number = posix_socket_error(connection.socket)
        guard number == 0 else { throw RedisFailure(ShortText("The server was not reached: ", systemError: number)) }
        return connection
    }

    private init(takingOwnershipOf context: UnsafeMutablePointer<redisContext>) {
        unsafe self.context = context
    }

    /// Closes it, and sends nothing.
    deinit {
        unsafe redisFree(context)
    }

    private var socket: Int32 { unsafe hiredis_descriptor(context) }

    /// Whether the server has closed it, or has sent what nobody asked for: then it must not be used again.
    var isSpent: Bool { posix_can_read_within(socket, 0) != 0 }

    /// Sends the command, and waits for its reply. If this throws, the command may have been done or not.
    func run(until deadline: Deadline) throws(RedisFailure) -> RedisReply {
        try send(until: deadline)
        while true {
            var reply: UnsafeMutablePointer<redisReply>?
            let found = unsafe hiredis_next_reply(context, &reply)
            if let reply = unsafe reply { return unsafe RedisReply(takingOwnershipOf: reply) }
            guard found == 0 else { throw RedisFailure("What the server sent is no reply, or memory ran out.") }
            guard canRead(until: deadline) else { throw RedisFailure("The server did not answer in time.") }
            guard unsafe redisBufferRead(context) == REDIS_OK else { throw failure("The connection was lost: ") }
        }
    }

    private func send(until deadline: Deadline) throws(RedisFailure) {
        var sent = 0
        while sent < command.count {
            let rest = unsafe command.bytes(from: sent)
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
