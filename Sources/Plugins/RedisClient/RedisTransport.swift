/// What a connection's bytes go through where that is not its socket alone: TLS, say. One thread at a time.
///
/// (Bound to a class, for Embedded Swift.)
package protocol RedisTransport: AnyObject {
    /// Sends as much as is taken now.
    func write(_ bytes: UnsafeRawBufferPointer) -> RedisTransfer
    /// Reads as much as is there now.
    func read(into bytes: UnsafeMutableRawBufferPointer) -> RedisTransfer
}

/// What became of a call that does not wait.
package enum RedisTransfer {
    /// So many bytes, at least one.
    case moved(Int)
    /// None, until the socket can be read, or written.
    case waitToRead
    case waitToWrite
    /// None, ever.
    case ended(RedisFailure)
}
