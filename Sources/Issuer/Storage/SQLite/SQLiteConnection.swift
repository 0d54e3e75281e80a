internal import GRDB
internal import SQLiteLib

/// A connection to an SQLite file, with the statements that were prepared on it.
///
/// Any thread; one piece of work at a time. Unchecked, because the statements belong to the connection's queue and are
/// touched on it alone.
final class SQLiteConnection: @unchecked Sendable {
    private let queue: DatabaseQueue
    private var statements: SQLiteStatements?

    /// Opens or makes the file, as every store has it; `":memory:"` for one that ends with the connection.
    static func open(path: String) throws(StorageError) -> SQLiteConnection {
        var configuration = Configuration()
        configuration.label = "paitify.sqlite"
        configuration.prepareDatabase { connection in
            // FULL: an acknowledged decision is on disk before it is acknowledged. secure_delete, which Debian's SQLite does
            // by itself and others do not: a destroyed signing key leaves nothing behind in the file. A log of 16 MB: the
            // longer it is, the more changes of one page are copied back as one.
            try connection.execute(
                sql: """
                    PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = FULL;
                    PRAGMA foreign_keys = ON;
                    PRAGMA busy_timeout = 1000;
                    PRAGMA cache_size = -65536;
                    PRAGMA wal_autocheckpoint = 4000;
                    PRAGMA temp_store = MEMORY;
                    PRAGMA secure_delete = ON;
                    """)
        }
        return try SQLiteConnection(path, configuration)
    }

    /// Another connection to the file, for long reads: it can neither write nor make a checkpoint.
    static func reader(path: String) throws(StorageError) -> SQLiteConnection {
        try SQLiteConnection(path, readerConfiguration)
    }

    static var readerConfiguration: Configuration {
        var configuration = Configuration()
        configuration.label = "paitify.sqlite.read"
        configuration.readonly = true
        return configuration
    }

    /// Before the first file is opened. Where another part of the program was faster it goes as it went before.
    private static let memoryIsSetUp = sqlite3_set_memory_up() == SQLITE_OK

    private init(_ path: String, _ configuration: Configuration) throws(StorageError) {
        _ = Self.memoryIsSetUp
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw SQLiteFailure(error).storageError
        }
    }

    /// Commits the jobs as one group, and answers each.
    func commit(_ jobs: ArraySlice<Lane.Job>, observation: Observation = .none) {
        queue.writeWithoutTransaction { SQLiteGroup(statements(on: $0), observation: observation).commit(jobs) }
    }

    /// Runs `body` on what was committed when it begins.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await queue.read { [self] connection in
            try body(SQLiteTransaction(statements(on: connection), memory: GroupMemory()))
        }
    }

    func close() throws(StorageError) {
        do {
            queue.writeWithoutTransaction { _ in statements = nil }
            try queue.close()
        } catch {
            throw SQLiteFailure(error).storageError
        }
    }

    private func statements(on connection: Database) -> SQLiteStatements {
        if let statements { return statements }
        let fresh = SQLiteStatements(connection)
        statements = fresh
        return fresh
    }
}
