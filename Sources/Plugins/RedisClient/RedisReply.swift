import HiredisLib

/// A server's reply. (A class: in Embedded Swift a noncopyable struct's deinit is not seen by other modules.)
@safe package final class RedisReply {
    private let reply: UnsafeMutablePointer<redisReply>

    init(takingOwnershipOf reply: UnsafeMutablePointer<redisReply>) {
        unsafe self.reply = reply
    }

    deinit {
        unsafe freeReplyObject(reply)
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
        let count = unsafe reply.pointee.str == nil ? 0 : Int(reply.pointee.len)
        let bytes = unsafe UnsafeRawBufferPointer(start: reply.pointee.str, count: count)
        return unsafe body(bytes.bindMemory(to: UInt8.self).span)
    }
}
