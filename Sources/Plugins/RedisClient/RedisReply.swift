import HiredisLib

/// A server's reply, until the connection that it came on has the next.
///
/// It belongs to the connection, which it keeps: so it takes no memory of its own, which may be what has run out.
@safe package struct RedisReply {
    private let connection: RedisConnection
    private let reply: UnsafeMutablePointer<redisReply>

    init(_ reply: UnsafeMutablePointer<redisReply>, of connection: RedisConnection) {
        unsafe (self.reply, self.connection) = (reply, connection)
    }

    /// The number, or nil if it is none.
    package var integer: Int64? {
        unsafe reply.pointee.type == REDIS_REPLY_INTEGER ? Int64(reply.pointee.integer) : nil
    }

    /// A number of an array's; nil where it is no array, has no such place, or has something else there.
    package func integer(at index: Int) -> Int64? {
        guard unsafe reply.pointee.type == REDIS_REPLY_ARRAY, index >= 0, unsafe index < Int(reply.pointee.elements),
            let element = unsafe reply.pointee.element[index],
            unsafe element.pointee.type == REDIS_REPLY_INTEGER
        else { return nil }
        return unsafe Int64(element.pointee.integer)
    }

    package var isError: Bool { unsafe reply.pointee.type == REDIS_REPLY_ERROR }

    /// Calls `body` with the text of a string, a status or an error; with none if it is something else.
    package func withText<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        withExtendedLifetime(connection) {
            let count = unsafe reply.pointee.str == nil ? 0 : Int(reply.pointee.len)
            let bytes = unsafe UnsafeRawBufferPointer(start: reply.pointee.str, count: count)
            return unsafe body(bytes.bindMemory(to: UInt8.self).span)
        }
    }
}
