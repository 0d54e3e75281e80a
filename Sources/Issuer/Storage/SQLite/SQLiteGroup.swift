/// One group commit: each job in a savepoint of its own, then one COMMIT, then every answer.
struct SQLiteGroup {
    let statements: SQLiteStatements
    private let memory = GroupMemory()

    private static let begin = Statement("BEGIN IMMEDIATE")
    private static let savepoint = Statement("SAVEPOINT job")
    private static let release = Statement("RELEASE job")
    private static let undo = Statement("ROLLBACK TO job")
    private static let commit = Statement("COMMIT")
    private static let rollback = Statement("ROLLBACK")

    init(_ statements: SQLiteStatements) {
        self.statements = statements
    }

    func commit(_ jobs: ArraySlice<Lane.Job>) {
        do {
            try run(Self.begin)
        } catch {
            return fail(jobs, error.storageError)
        }
        var answers: [@Sendable () -> Void] = []
        answers.reserveCapacity(jobs.count)
        for job in jobs {
            do {
                answers.append(try attempt(job))
            } catch {
                // Not this job's failure but the connection's: nothing of the group can be trusted to be there.
                abandon()
                return fail(jobs, error.storageError)
            }
        }
        do {
            try run(Self.commit)
        } catch {
            abandon()
            return fail(jobs, error.commitError)
        }
        for answer in answers { answer() }
    }

    /// What to answer once the group is on disk. Throws only when the savepoint itself cannot be kept.
    private func attempt(_ job: Lane.Job) throws(SQLiteFailure) -> @Sendable () -> Void {
        try run(Self.savepoint)
        do {
            let answer = try job.attempt(SQLiteTransaction(statements, memory: memory))
            try run(Self.release)
            return answer
        } catch {
            memory.forgetAll()
            try run(Self.undo)
            try run(Self.release)
            return { job.fail(error) }
        }
    }

    private func run(_ statement: Statement) throws(SQLiteFailure) {
        _ = try statements.execute(statement)
    }

    private func abandon() {
        // SQLite may have rolled back by itself (disk full, I/O error); then there is nothing left to undo.
        if statements.isInTransaction { try? run(Self.rollback) }
    }

    private func fail(_ jobs: ArraySlice<Lane.Job>, _ error: StorageError) {
        for job in jobs { job.fail(error) }
    }
}
