import Glibc

/// How many files and sockets this process may have open: often 1,024 unless one asks for more.
enum OpenFiles {
    /// What the store, the log and the event loops need besides.
    private static let besidesConnections: UInt = 256

    /// Asks for room for so many connections, as far as the system lets a process ask.
    static func allow(_ connections: Int) {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = max(limit.rlim_cur, min(UInt(connections) + besidesConnections, limit.rlim_max))
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
