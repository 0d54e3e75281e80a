internal import GRDB

/// Everything in one SQLite file, with one connection that does every write and every checkpoint.
///
/// SQLite before 3.51.3 can lose commits when two connections write and checkpoint a write-ahead log
/// (https://sqlite.org/wal.html, "WAL-reset bug"), so there is one, and one lane for all companies.
public final class SQLiteStore: Store {
    private let lane: Lane
    private let connection: DatabaseQueue

    /// Opens or makes the file at `path`, `":memory:"` for a store that ends with the process.
    public static func open(path: String) throws(StorageError) -> SQLiteStore {
        SQLiteStore(try connection(to: path))
    }

    /// The connection, as every store has it.
    static func connection(to path: String) throws(StorageError) -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "paitify.sqlite"
        configuration.prepareDatabase { connection in
            // FULL: an acknowledged decision is on disk before it is acknowledged. secure_delete, which Debian's SQLite does
            // by itself and others do not: a destroyed signing key leaves nothing behind in the file.
            try connection.execute(
                sql: """
                    PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = FULL;
                    PRAGMA foreign_keys = ON;
                    PRAGMA busy_timeout = 1000;
                    PRAGMA cache_size = -65536;
                    PRAGMA secure_delete = ON;
                    """)
        }
        do {
            return try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw StorageError(error)
        }
    }

    private init(_ connection: DatabaseQueue) {
        self.connection = connection
        lane = Lane(label: "paitify.lane") { jobs in
            connection.writeWithoutTransaction { SQLiteGroup(connection: $0).commit(jobs) }
        }
    }

    public func transaction<Value: Sendable>(
        for company: CompanyID, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await lane.run(body)
    }

    public func globalTransaction<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await lane.run(body)
    }

    public func close() async throws {
        await lane.close()
        do {
            try connection.close()
        } catch {
            throw StorageError(error)
        }
    }
}
