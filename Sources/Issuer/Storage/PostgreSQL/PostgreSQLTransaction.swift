/// One job's part of a group on a PostgreSQL connection.
final class PostgreSQLTransaction: StoreTransaction {
    let memory: GroupMemory
    private let session: PostgreSQLSession

    init(_ session: PostgreSQLSession, memory: GroupMemory) {
        self.session = session
        self.memory = memory
    }

    func execute(_ statement: Statement, _ arguments: [SQLValue]) throws(StorageError) -> [Row] {
        do throws(PostgreSQLFailure) {
            return try session.run(statement, arguments)
        } catch {
            throw error.storageError
        }
    }
}
