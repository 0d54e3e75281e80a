internal import GRDB

/// Everything in one SQLite file, with one connection that does every write and every checkpoint.
///
/// SQLite before 3.51.3 can lose commits when two connections write and checkpoint a write-ahead log
/// (https://sqlite.org/wal.html, "WAL-reset bug"), so there is one, and one lane for all companies. Another connection
/// serves long reads: it is opened read-only, so that it can do neither.
public final class SQLiteStore: Store {
    private let lane: Lane
    private let connection: DatabaseQueue
    /// Nil for a store in memory, which no other connection sees: it reads on the lane.
    private let reader: DatabaseQueue?

    /// Opens or makes the file at `path`, `":memory:"` for a store that ends with the process.
    public static func open(
        path: String, observation: Observation = .none
    ) throws(StorageError) -> SQLiteStore {
        let connection = try connection(to: path)
        return SQLiteStore(
            connection, reader: path == ":memory:" ? nil : try reader(of: path), observation: observation)
    }

    /// Another connection, for long reads.
    static func reader(of path: String) throws(StorageError) -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "paitify.sqlite.read"
        configuration.readonly = true
        do {
            return try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw StorageError(error)
        }
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

    private init(_ connection: DatabaseQueue, reader: DatabaseQueue?, observation: Observation) {
        self.connection = connection
        self.reader = reader
        lane = Lane(label: "paitify.lane", observation: observation) { jobs in
            connection.writeWithoutTransaction {
                SQLiteGroup(connection: $0, observation: observation).commit(jobs)
            }
        }
    }

    public func transaction<Value: Sendable>(
        for company: CompanyID, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await lane.run(body)
    }

    public func read<Value: Sendable>(
        for company: CompanyID, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        guard let reader else { return try await lane.run(body) }
        return try await reader.read { try body(SQLiteTransaction($0)) }
    }

    public func globalTransaction<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await lane.run(body)
    }

    public var waitingCount: Int { lane.waitingCount }

    public func close() async throws {
        await lane.close()
        do {
            try reader?.close()
            try connection.close()
        } catch {
            throw StorageError(error)
        }
    }
}
