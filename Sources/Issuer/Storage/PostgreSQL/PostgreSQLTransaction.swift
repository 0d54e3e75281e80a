/// One job's part of a group on a PostgreSQL connection.
final class PostgreSQLTransaction: StoreTransaction {
    let memory: GroupMemory
    private let session: PostgreSQLSession

    init(_ session: PostgreSQLSession, memory: GroupMemory) {
        self.session = session
        self.memory = memory
    }

    func execute(_ statement: Statement, _ arguments: [SQLValue]) throws(StorageError) -> [Row] {
        try writeGathered(before: statement)
        do throws(PostgreSQLFailure) {
            return try session.run(statement, arguments)
        } catch {
            throw error.storageError
        }
    }

    func ask(_ questions: [Question]) throws(StorageError) -> [[Row]] {
        for question in questions { try writeGathered(before: question.statement) }
        do throws(PostgreSQLFailure) {
            return try session.ask(questions)
        } catch {
            throw error.storageError
        }
    }

    /// What others of the group have left to be written is not this one's writing.
    private func writeGathered(before statement: Statement) throws(StorageError) {
        let before = (hasWritten: session.hasWritten, hasChanged: memory.hasChanged)
        try memory.write(before: statement, in: self)
        (session.hasWritten, memory.hasChanged) = before
    }
}
