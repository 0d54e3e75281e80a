import HiredisLib

/// Where a server is, as hiredis takes it: names that end in a NUL.
package enum RedisAddress: Sendable {
    case tcp(host: [CChar], port: Int32)
    case unix(path: [CChar])

    /// A name or an IP address. A name is resolved whenever a connection is made, which no time-out bounds; of several
    /// addresses the first is taken.
    package init(host: String, port: UInt16) {
        self = .tcp(host: Array(host.utf8CString), port: Int32(port))
    }

    /// A Unix socket; of the path, what struct sockaddr_un has room for is 107 bytes.
    package init(unixPath path: String) {
        self = .unix(path: Array(path.utf8CString))
    }

    /// Begins to connect. Nil for want of memory.
    @unsafe func begin() -> UnsafeMutablePointer<redisContext>? {
        switch self {
        case .tcp(let host, let port): unsafe redisConnectNonBlock(host, port)
        case .unix(let path): unsafe redisConnectUnixNonBlock(path)
        }
    }
}
