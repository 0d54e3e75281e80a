import PluginParts
import Verifier

/// What a connection has to be told, and the server to be asked, before claims are made on it.
struct RedisSession: Sendable {
    private let address: RedisAddress
    private let username: [UInt8]?
    private let password: [UInt8]?
    private let database: UInt32
    private let requiresAppendOnlyFile: Bool
    private let asksNothingElse: Bool
    private let connectMilliseconds: Int64

    init(_ options: RedisReplayGuard.Options) {
        address = RedisAddress(options.address)
        username = options.username.map { Array($0.utf8) }
        password = options.password.map { Array($0.utf8) }
        database = options.database
        requiresAppendOnlyFile = options.requiresAppendOnlyFile
        asksNothingElse = options.asksNothingElse
        connectMilliseconds = Int64(options.connectMilliseconds)
    }

    /// A connection that claims can be made on.
    func begin(until deadline: Deadline) throws(RedisFailure) -> RedisConnection {
        let deadline = min(deadline, Deadline(inMilliseconds: connectMilliseconds))
        let connection = try RedisConnection.open(address, until: deadline)
        if let password { try authenticate(connection, password, until: deadline) }
        if database != 0 { try select(connection, until: deadline) }
        if !asksNothingElse { try inspect(connection, until: deadline) }
        return connection
    }

    private func authenticate(
        _ connection: RedisConnection, _ password: [UInt8], until deadline: Deadline
    ) throws(RedisFailure) {
        try connection.command.begin(words: username == nil ? 2 : 3)
        try connection.command.add("AUTH")
        if let username { try connection.command.add(username.span) }
        try connection.command.add(password.span)
        _ = try connection.runWithoutError(until: deadline)
    }

    private func select(_ connection: RedisConnection, until deadline: Deadline) throws(RedisFailure) {
        try connection.command.begin(words: 2)
        try connection.command.add("SELECT")
        try connection.command.add(Int64(database))
        _ = try connection.runWithoutError(until: deadline)
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

extension RedisConnection {
    /// As `run`, of a command whose reply must not be an error.
    func runWithoutError(until deadline: Deadline) throws(RedisFailure) -> RedisReply {
        let reply = try run(until: deadline)
        guard reply.isError else { return reply }
        var words = ShortText("The server says: ")
        reply.withText { words.append($0) }
        throw RedisFailure(words)
    }
}
