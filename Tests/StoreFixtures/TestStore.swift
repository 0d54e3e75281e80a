import Foundation
public import Issuer

/// The stores of tests, on the engine that this run is of: SQLite, or PostgreSQL where the environment names a server
/// (scripts/with-postgresql.sh).
public enum TestStore {
    /// How libpq connects to the server.
    public static let postgreSQL = ProcessInfo.processInfo.environment["PAITIFY_TEST_POSTGRESQL"]
    public static var isPostgreSQL: Bool { postgreSQL != nil }

    /// A store that is empty; or, where `path` was opened before, the one that it is of.
    public static func open(
        _ path: String = ":memory:", observation: Observation = .none
    ) async throws -> any Store {
        guard isPostgreSQL else { return try SQLiteStore.open(path: path, observation: observation) }
        return try await openPostgreSQL(schema(path), observation: observation)
    }

    /// The schema that is instead of a file of this path.
    public static func schema(_ path: String = ":memory:") -> String {
        let name = path == ":memory:" ? UUID().uuidString : path
        // Paths differ at their end, and a name has 63 bytes.
        return "t_" + String(name.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.suffix(60))
    }

    /// A store in a schema of the server's, which is made where there is none.
    public static func openPostgreSQL(
        _ schema: String, connections: PostgreSQLStore.Connections = .init(lanes: 2, readers: 1),
        observation: Observation = .none
    ) async throws -> PostgreSQLStore {
        try await administrator.value.globalTransaction { tx in
            _ = try tx.execute(Statement("CREATE SCHEMA IF NOT EXISTS \(schema)"), [])
        }
        return try PostgreSQLStore.open(
            address(schema), connections: connections, random: { .random(in: .min ... .max) }, observation: observation)
    }

    /// Its connections are called by the schema's name.
    public static func address(_ schema: String) throws -> PostgreSQLAddress {
        let text = "\(postgreSQL ?? "") application_name=\(schema) options='-c search_path=\(schema)'"
        guard let address = PostgreSQLAddress(text) else { throw NoServer() }
        return address
    }

    public struct NoServer: Error {}

    /// Connected as the server's superuser, to no schema.
    public static let administrator = Task {
        guard let address = PostgreSQLAddress(postgreSQL ?? "") else { throw NoServer() }
        return try PostgreSQLStore.open(address, connections: .init(lanes: 1, readers: 1), random: { 0 })
    }
}
