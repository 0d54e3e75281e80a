/// One job's part of a group on SQLite's connection.
final class SQLiteTransaction: StoreTransaction {
    let memory: GroupMemory
    private let statements: SQLiteStatements

    init(_ statements: SQLiteStatements, memory: GroupMemory) {
        self.statements = statements
        self.memory = memory
    }

    func execute(_ statement: Statement, _ arguments: [SQLValue]) throws(StorageError) -> [Row] {
        guard !statement.traits.contains(.isOfPostgreSQL) else { return [] }
        try writeGathered(before: statement)
        do throws(SQLiteFailure) {
            return try statements.execute(statement, arguments)
        } catch {
            throw error.storageError
        }
    }

    /// What others of the group have left to be written is not this one's writing.
    private func writeGathered(before statement: Statement) throws(StorageError) {
        let before = (hasWritten: statements.hasWritten, hasChanged: memory.hasChanged)
        try memory.write(before: statement, in: self)
        (statements.hasWritten, memory.hasChanged) = before
    }
}
