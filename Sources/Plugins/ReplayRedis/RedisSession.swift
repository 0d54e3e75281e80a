import PluginParts
import RedisClient
import Verifier

/// What a connection has to be told, and the server to be asked, before claims are made on it.
struct RedisSession: Sendable {
    private let login: RedisLogin
    private let requiresAppendOnlyFile: Bool
    private let asksNothingElse: Bool
    private let connectMilliseconds: Int64

    init(_ options: RedisReplayGuard.Options) {
        login = RedisLogin(
            RedisAddress(options.address), username: options.username, password: options.password,
            database: options.database)
        requiresAppendOnlyFile = options.requiresAppendOnlyFile
        asksNothingElse = options.asksNothingElse
        connectMilliseconds = Int64(options.connectMilliseconds)
    }

    /// A connection that claims can be made on.
    func begin(until deadline: Deadline) throws(RedisFailure) -> RedisConnection {
        let deadline = min(deadline, Deadline(inMilliseconds: connectMilliseconds))
        let connection = try login.open(until: deadline)
        if !asksNothingElse { try inspect(connection, until: deadline) }
        return connection
    }

    /// A server that forgets claims by itself is refused, whatever it would answer.
    private func inspect(_ connection: RedisConnection, until deadline: Deadline) throws(RedisFailure) {
        try connection.command.begin(words: 1)
        try connection.command.add("INFO")
        let reply = try connection.runWithoutError(until: deadline)
        let fault = reply.withText { text -> StaticString? in
            if ServerInfo.has("role:slave", in: text) { return "The server is a replica, which takes no claims." }
            if !ServerInfo.has("maxmemory:0", in: text), !ServerInfo.has("maxmemory_policy:noeviction", in: text) {
                return "The server may evict claims before they end: set its maxmemory-policy to noeviction."
            }
            if requiresAppendOnlyFile, !ServerInfo.has("aof_enabled:1", in: text) {
                return "The server keeps no append-only file, which is required: set its appendonly to yes."
            }
            return nil
        }
        if let fault { throw RedisFailure(fault) }
    }
}

extension RedisAddress {
    fileprivate init(_ address: RedisReplayGuard.Address) {
        switch address {
        case .tcp(let host, let port): self.init(host: host, port: port)
        case .unix(let path): self.init(unixPath: path)
        }
    }
}
