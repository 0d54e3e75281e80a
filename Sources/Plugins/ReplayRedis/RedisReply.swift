import HiredisLib

/// A server's reply.
@safe struct RedisReply: ~Copyable {
    private let reply: UnsafeMutablePointer<redisReply>

    init(takingOwnershipOf reply: UnsafeMutablePointer<redisReply>) {
        unsafe self.reply = reply
    }

    deinit {
        unsafe freeReplyObject(reply)
    }

    /// The number, or nil if it is none.
    var integer: Int64? {
        unsafe reply.pointee.type == REDIS_REPLY_INTEGER ? Int64(reply.pointee.integer) : nil
    }

    var isError: Bool { unsafe reply.pointee.type == REDIS_REPLY_ERROR }

    /// Calls `body` with the text of a string, a status or an error; with none if it is something else.
    func withText<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        let count = unsafe reply.pointee.str == nil ? 0 : Int(reply.pointee.len)
        let bytes = unsafe UnsafeRawBufferPointer(start: reply.pointee.str, count: count)
        return unsafe body(bytes.bindMemory(to: UInt8.self).span)
    }
}
