/// A store's file that nobody writes, such as a copy: whatever is asked of it only reads.
final class SQLiteSnapshot: Store {
    private static let integrityCheck = Statement("PRAGMA integrity_check(10)")

    private let connection: SQLiteConnection

    init(path: String) throws(StorageError) {
        connection = try SQLiteConnection.reader(path: path)
    }

    func transaction<Value: Sendable>(
        for company: CompanyID, foreseeing: [Foreseen],
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await connection.read(body)
    }

    func globalTransaction<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await connection.read(body)
    }

    /// What SQLite finds wrong with the file, a line each; at most ten. Reads all of it.
    func damage() async throws -> [String] {
        let found = try await connection.read { tx in
            try tx.execute(Self.integrityCheck, []).map { try $0.text(0) }
        }
        return found == ["ok"] ? [] : found
    }

    func close() async throws {
        try connection.close()
    }
}
