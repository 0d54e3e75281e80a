/// Everything in one SQLite file, with one connection that does every write and every checkpoint.
///
/// SQLite before 3.51.3 can lose commits when two connections write and checkpoint a write-ahead log
/// (https://sqlite.org/wal.html, "WAL-reset bug"), so there is one, and one lane for all companies. Two others serve
/// what only reads, one of them what takes long: they are opened read-only, so that they can do neither.
public final class SQLiteStore: Store {
    private let lane: Lane
    private let connection: SQLiteConnection
    /// Nil for a store in memory, which no other connection sees: it reads on the lane.
    private let reader: SQLiteConnection?
    private let longReader: SQLiteConnection?

    /// Opens or makes the file at `path`, `":memory:"` for a store that ends with the process.
    public static func open(
        path: String, observation: Observation = .none, crowd: Crowd = Crowd()
    ) throws(StorageError) -> SQLiteStore {
        let connection = try SQLiteConnection.open(path: path)
        return SQLiteStore(
            connection, reader: path == ":memory:" ? nil : try SQLiteConnection.reader(path: path),
            longReader: path == ":memory:" ? nil : try SQLiteConnection.reader(path: path), observation: observation,
            crowd: crowd)
    }

    private init(
        _ connection: SQLiteConnection, reader: SQLiteConnection?, longReader: SQLiteConnection?,
        observation: Observation, crowd: Crowd
    ) {
        self.connection = connection
        self.reader = reader
        self.longReader = longReader
        lane = Lane(label: "paitify.lane", observation: observation, lingers: crowd.isBusy) { jobs in
            connection.commit(jobs, observation: observation)
        }
    }

    public func transaction<Value: Sendable>(
        for company: CompanyID, foreseeing: [Foreseen],
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await lane.run(body)
    }

    public func read<Value: Sendable>(
        for company: CompanyID, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        guard let reader else { return try await lane.run(body) }
        return try await reader.read(body)
    }

    public func longRead<Value: Sendable>(
        for company: CompanyID, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        guard let longReader else { return try await lane.run(body) }
        return try await longReader.read(body)
    }

    public func globalTransaction<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await lane.run(body)
    }

    public var waitingCount: Int { lane.waitingCount }

    public func close() async throws {
        await lane.close()
        try reader?.close()
        try longReader?.close()
        try connection.close()
    }
}
