import HiredisLib

/// Where a server is, as hiredis takes it: names that end in a NUL.
enum RedisAddress: Sendable {
    case tcp(host: [CChar], port: Int32)
    case unix(path: [CChar])

    init(_ address: RedisReplayGuard.Address) {
        switch address {
        case .tcp(let host, let port): self = .tcp(host: Array(host.utf8CString), port: Int32(port))
        case .unix(let path): self = .unix(path: Array(path.utf8CString))
        }
    }

    /// Begins to connect. Nil for want of memory.
    @unsafe func begin() -> UnsafeMutablePointer<redisContext>? {
        switch self {
        case .tcp(let host, let port): unsafe redisConnectNonBlock(host, port)
        case .unix(let path): unsafe redisConnectUnixNonBlock(path)
        }
    }
}
