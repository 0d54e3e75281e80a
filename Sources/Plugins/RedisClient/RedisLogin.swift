package import PluginParts
import Verifier

/// Where a server is, and what a connection has to be told before anything else.
package struct RedisLogin: Sendable {
    private let address: RedisAddress
    private let username: [UInt8]?
    private let password: [UInt8]?
    private let database: UInt32

    /// `username`: for servers with access lists (Redis 6); without a password it is not sent.
    package init(_ address: RedisAddress, username: String?, password: String?, database: UInt32) {
        self.address = address
        self.username = username.map { Array($0.utf8) }
        self.password = password.map { Array($0.utf8) }
        self.database = database
    }

    /// A connection that knows who uses it, and which database. Throws where that takes longer than there is time.
    package func open(
        until deadline: Deadline,
        transport: ((_ socket: Int32) throws(RedisFailure) -> any RedisTransport)? = nil
    ) throws(RedisFailure) -> RedisConnection {
        let connection = try RedisConnection.open(address, until: deadline, transport: transport)
        if let password { try authenticate(connection, password, until: deadline) }
        if database != 0 { try select(connection, until: deadline) }
        return connection
    }

    private func authenticate(
        _ connection: RedisConnection, _ password: [UInt8], until deadline: Deadline
    ) throws(RedisFailure) {
        try connection.command.begin(words: username == nil ? 2 : 3)
        try connection.command.add("AUTH")
        if let username { try connection.command.add(username.span) }
        try connection.command.add(password.span)
        // Its own words may have the password in them: a server that knows no AUTH says what it was sent.
        guard try !connection.run(until: deadline).isError else {
            throw RedisFailure("The server refused the user or the password.")
        }
    }

    private func select(_ connection: RedisConnection, until deadline: Deadline) throws(RedisFailure) {
        try connection.command.begin(words: 2)
        try connection.command.add("SELECT")
        try connection.command.add(Int64(database))
        _ = try connection.runWithoutError(until: deadline)
    }
}
