/// One job's part of a group on SQLite's connection.
final class SQLiteTransaction: StoreTransaction {
    let memory: GroupMemory
    private let statements: SQLiteStatements

    init(_ statements: SQLiteStatements, memory: GroupMemory) {
        self.statements = statements
        self.memory = memory
    }

    func execute(_ statement: Statement, _ arguments: [SQLValue]) throws(StorageError) -> [Row] {
        do throws(SQLiteFailure) {
            return try statements.execute(statement, arguments)
        } catch {
            throw error.storageError
        }
    }
}
