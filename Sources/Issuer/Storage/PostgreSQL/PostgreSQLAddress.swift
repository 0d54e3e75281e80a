internal import PQLib

/// Where a PostgreSQL server is and who connects to it, as libpq takes it: a URI, or `name=value` pairs.
///
/// https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNSTRING. It may hold a password, so it is never shown.
public struct PostgreSQLAddress: Sendable, CustomStringConvertible {
    let text: String

    public var description: String { "a PostgreSQL connection string" }

    /// Nil for what libpq does not understand. Why not is not said: libpq's sentence may quote the password.
    public init?(_ text: String) {
        guard text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") || text.contains("=") else { return nil }
        var sentence: UnsafeMutablePointer<CChar>?
        let options = unsafe PQconninfoParse(text, &sentence)
        unsafe PQfreemem(sentence)
        guard let options = unsafe options else { return nil }
        unsafe PQconninfoFree(options)
        self.text = text
    }

    /// What holds where the text says nothing else: a server that is gone is noticed in seconds, and one that takes no
    /// writes is passed over.
    static let defaults: [(name: String, value: String)] = [
        ("connect_timeout", "3"), ("target_session_attrs", "read-write"), ("keepalives_idle", "5"),
        ("keepalives_interval", "2"), ("keepalives_count", "3"), ("tcp_user_timeout", "10000"),
        ("application_name", "paitify"),
    ]
}
