internal import GRDB

/// A store's file that nobody writes, such as a copy: whatever is asked of it only reads.
final class SQLiteSnapshot: Store {
    private let connection: DatabaseQueue

    init(path: String) throws(StorageError) {
        connection = try SQLiteStore.reader(of: path)
    }

    func transaction<Value: Sendable>(
        for company: CompanyID, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await connection.read { try body(SQLiteTransaction($0)) }
    }

    func globalTransaction<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await connection.read { try body(SQLiteTransaction($0)) }
    }

    /// What SQLite finds wrong with the file, a line each; at most ten. Reads all of it.
    func damage() async throws(StorageError) -> [String] {
        do {
            let found = try await connection.read { try String.fetchAll($0, sql: "PRAGMA integrity_check(10)") }
            return found == ["ok"] ? [] : found
        } catch {
            throw StorageError(error)
        }
    }

    func close() async throws {
        try connection.close()
    }
}
