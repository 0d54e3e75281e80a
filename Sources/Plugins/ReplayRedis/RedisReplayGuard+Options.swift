import Verifier

extension RedisReplayGuard {
    /// Where a server is.
    public enum Address: Sendable {
        /// A name or an IP address. A name is resolved whenever a connection is made, which no time-out bounds; of
        /// several addresses the first is taken.
        case tcp(host: String, port: UInt16)
        /// A Unix socket.
        case unix(path: String)
    }

    /// Which server, and how it is used.
    public struct Options: Sendable {
        public var address: Address = .tcp(host: "127.0.0.1", port: 6379)
        /// For servers with access lists (Redis 6); nil for a password alone.
        public var username: String?
        /// Nil for a server that asks for none.
        public var password: String?
        /// The number of the server's database.
        public var database: UInt32 = 0
        /// What the keys of claims begin with.
        public var keyPrefix = "paitify:claim:"
        /// How many connections there are at most: 1 to 64. Claims beyond those wait.
        public var connections: UInt32 = 8
        /// How long making a connection takes at most, in milliseconds: 1 to 60000.
        public var connectMilliseconds: UInt32 = 500
        /// How long a claim takes at most, in milliseconds, waiting and connecting included: 1 to 60000.
        public var waitMilliseconds: UInt32 = 1_000
        /// Refuses a server that keeps no append-only file, and so forgets claims when it restarts.
        public var requiresAppendOnlyFile = false
        /// Asks the server for nothing beside claims: for one that does not permit INFO. That it evicts no claims, and
        /// is no replica, is for its owner to see to then.
        public var asksNothingElse = false

        public init() {}
    }
}

extension RedisReplayGuard.Options {
    static let connectionsMax: UInt32 = 64
    static let millisecondsMax: UInt32 = 60_000
    static let keyPrefixBytesMax = 256

    /// Throws `argument`, with the option's name and its bounds, at the first that is out of them.
    func check() throws(VerifyError) {
        switch address {
        case .tcp(let host, let port):
            try require(!host.utf8.isEmpty, "host is empty; it is a name or an IP address.")
            try require(port > 0, "port is 0; it is 1 to 65535.")
        case .unix(let path):
            // What struct sockaddr_un has room for.
            try require((1...107).contains(path.utf8.count), "unix_path is empty, or longer than 107 bytes.")
        }
        try require(database <= UInt32(Int32.max), "database is above 2147483647.")
        try require(keyPrefix.utf8.count <= Self.keyPrefixBytesMax, "key_prefix is longer than 256 bytes.")
        try require(username == nil || password != nil, "username is set, and password is not.")
        try require((1...Self.connectionsMax).contains(connections), "connections is not from 1 to 64.")
        try require((1...Self.millisecondsMax).contains(connectMilliseconds), "connect_ms is not from 1 to 60000.")
        try require((1...Self.millisecondsMax).contains(waitMilliseconds), "wait_ms is not from 1 to 60000.")
    }

    private func require(_ holds: Bool, _ otherwise: String) throws(VerifyError) {
        if !holds { throw VerifyError(.argument, otherwise) }
    }
}
