import Glibc

/// How many files and sockets this process may have open: often 1,024 unless one asks for more.
enum OpenFiles {
    /// What the store, the log and the event loops need besides.
    private static let besidesConnections: UInt = 64

    /// Asks for room for so many connections, and gives how many there is room for: one that is accepted without a file to
    /// hold it would be accepted again and again, at the price of a whole core.
    static func allow(_ connections: Int) -> Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return connections }
        let soft = limit.rlim_cur
        limit.rlim_cur = max(soft, min(UInt(connections) + besidesConnections, limit.rlim_max))
        if unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 { limit.rlim_cur = soft }
        let room = limit.rlim_cur > besidesConnections ? limit.rlim_cur - besidesConnections : 1
        return min(connections, Int(clamping: room))
    }
}
