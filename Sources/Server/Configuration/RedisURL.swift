import Foundation
import PluginParts
import RedisClient

/// The Redis server that issuers share their rate limits on, as `PAITIFY_REDIS_URL` names it:
/// `redis://[[user]:password@]host[:port][/database]`, `rediss://` for TLS, or `unix://[[user]:password@]/path[?db=number]`.
struct RedisURL: Sendable {
    private let login: RedisLogin
    /// Whose certificate it has to have; nil without TLS.
    private let certifiedName: String?
    /// Which server, for people: without user and password.
    let place: String

    /// What is wrong with one: its text is what is expected instead, and has nothing of the URL in it.
    enum Mistake: String, Error {
        case scheme = "redis://user:password@host:port/database, rediss:// for TLS, or unix:///path/of/socket"
        case host = "a host's name or address after redis://, an IPv6 address in brackets"
        case port = "a port from 1 to 65535 after the host's colon"
        case database = "a database's number from 0 to 2147483647 at the end, such as /0, or ?db=0 of a Unix socket"
        case path = "a socket's path of at most 107 bytes after unix://"
        case user = "user:password or :password before the @, and what is no letter, digit or one of -._~ there as %XX"
        case rest = "nothing after the database's number: no other parameter, no fragment"
    }

    init(_ text: String) throws(Mistake) {
        let schemes = ["redis://", "rediss://", "unix://"]
        guard let scheme = schemes.first(where: { text.lowercased().hasPrefix($0) }) else { throw .scheme }
        let (user, rest) = Self.split(text.dropFirst(scheme.count), atLast: "@")
        let (username, password) = try Self.credentials(user)
        guard !rest.contains("#") else { throw .rest }
        if scheme == "unix://" {
            let (path, query) = Self.split(rest, at: "?")
            guard path.hasPrefix("/"), (1...107).contains(path.utf8.count) else { throw .path }
            let database = try Self.database(inQuery: query)
            login = RedisLogin(
                RedisAddress(unixPath: String(path)), username: username, password: password, database: database)
            (certifiedName, place) = (nil, "unix://\(path)")
            return
        }
        guard !rest.contains("?") else { throw .rest }
        let (authority, database) = Self.split(rest, at: "/")
        let (host, port) = try Self.hostAndPort(authority)
        login = RedisLogin(
            RedisAddress(host: host, port: port), username: username, password: password,
            database: try Self.number(database ?? ""))
        certifiedName = scheme == "rediss://" ? host : nil
        place = "\(scheme)\(authority)"
    }

    /// A connection that knows who uses it, and which database. Throws where that takes longer than there is time.
    func open(until deadline: Deadline) throws(RedisFailure) -> RedisConnection {
        guard let certifiedName else { return try login.open(until: deadline) }
        return try login.open(until: deadline) { socket throws(RedisFailure) in
            try TLSTransport(socket: socket, server: certifiedName)
        }
    }

    /// What stands before and after; all of it is before where there is no such character.
    private static func split(_ text: Substring, at character: Character) -> (Substring, Substring?) {
        guard let position = text.firstIndex(of: character) else { return (text, nil) }
        return (text[..<position], text[text.index(after: position)...])
    }

    /// What stands before, if anything does, and the rest.
    private static func split(_ text: Substring, atLast character: Character) -> (Substring?, Substring) {
        guard let position = text.lastIndex(of: character) else { return (nil, text) }
        return (text[..<position], text[text.index(after: position)...])
    }

    private static func credentials(_ text: Substring?) throws(Mistake) -> (username: String?, password: String?) {
        guard let text else { return (nil, nil) }
        let (user, password) = split(text, at: ":")
        guard let password, let user = user.removingPercentEncoding, let password = password.removingPercentEncoding,
            !password.isEmpty
        else { throw .user }
        return (user.isEmpty ? nil : user, password)
    }

    private static func hostAndPort(_ text: Substring) throws(Mistake) -> (String, UInt16) {
        let host: Substring
        var port: Substring?
        if text.hasPrefix("[") {
            let (address, rest) = split(text.dropFirst(), at: "]")
            guard let rest, rest.isEmpty || rest.hasPrefix(":") else { throw .host }
            (host, port) = (address, rest.isEmpty ? nil : rest.dropFirst())
        } else {
            (host, port) = split(text, at: ":")
            guard port?.contains(":") != true else { throw .host }
        }
        let isName = host.utf8.allSatisfy { (0x21...0x7E).contains($0) } && !host.contains { "/\\[]@\"<>".contains($0) }
        guard isName, (1...255).contains(host.utf8.count) else { throw .host }
        guard let port else { return (String(host), 6379) }
        guard let number = UInt16(port), number > 0 else { throw .port }
        return (String(host), number)
    }

    private static func database(inQuery query: Substring?) throws(Mistake) -> UInt32 {
        guard let query else { return 0 }
        guard query.hasPrefix("db="), !query.contains("&") else { throw .rest }
        return try number(query.dropFirst(3))
    }

    private static func number(_ text: Substring) throws(Mistake) -> UInt32 {
        if text.isEmpty { return 0 }
        guard let number = UInt32(text), number <= UInt32(Int32.max) else { throw .database }
        return number
    }
}
