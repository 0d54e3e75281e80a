/// One group commit: BEGIN, every job, COMMIT, and then every answer.
///
/// A job that fails without having written leaves nothing to undo. When one fails that has, the group is undone and begun
/// again, this time with each job in a savepoint: savepoints copy every page that is written to, and few jobs need them.
struct SQLiteGroup {
    let statements: SQLiteStatements
    private let observation: Observation
    private let memory = GroupMemory()

    private static let begin = Statement("BEGIN IMMEDIATE")
    private static let savepoint = Statement("SAVEPOINT job")
    private static let release = Statement("RELEASE job")
    private static let undo = Statement("ROLLBACK TO job")
    private static let commit = Statement("COMMIT")
    private static let rollback = Statement("ROLLBACK")

    init(_ statements: SQLiteStatements, observation: Observation) {
        self.statements = statements
        self.observation = observation
    }

    func commit(_ jobs: ArraySlice<Lane.Job>) {
        let start = observation.uptime()
        do {
            try run(Self.begin)
        } catch {
            return fail(jobs, error.storageError, since: start)
        }
        let answers: [Lane.Answer]
        do throws(SQLiteFailure) {
            if let all = attemptTogether(jobs) { answers = all } else { answers = try attemptEach(jobs) }
        } catch {
            // Not a job's failure but the connection's: nothing of the group can be trusted to be there.
            abandon()
            return fail(jobs, error.storageError, since: start)
        }
        let ready = observation.uptime()
        do {
            try run(Self.commit)
        } catch {
            abandon()
            return fail(jobs, error.commitError, since: start)
        }
        observation.committed(jobs, from: start, ready: ready)
        for answer in answers { answer() }
    }

    /// Nil where a job failed that had written.
    private func attemptTogether(_ jobs: ArraySlice<Lane.Job>) -> [Lane.Answer]? {
        var answers: [Lane.Answer] = []
        answers.reserveCapacity(jobs.count)
        for job in jobs {
            statements.hasWritten = false
            memory.hasChanged = false
            do {
                answers.append(try job.attempt(SQLiteTransaction(statements, memory: memory)))
            } catch {
                if statements.hasWritten || memory.hasChanged || !statements.isInTransaction { return nil }
                answers.append { job.fail(error) }
            }
        }
        // Which of them asks for what cannot be, the savepoints tell.
        do { try memory.writeAll(in: SQLiteTransaction(statements, memory: memory)) } catch { return nil }
        return answers
    }

    /// Begins again, each job in a savepoint of its own.
    private func attemptEach(_ jobs: ArraySlice<Lane.Job>) throws(SQLiteFailure) -> [Lane.Answer] {
        memory.forgetAll()
        if statements.isInTransaction { try run(Self.rollback) }
        try run(Self.begin)
        var answers: [Lane.Answer] = []
        for job in jobs { answers.append(try attempt(job)) }
        return answers
    }

    /// Throws only when the savepoint itself cannot be kept.
    private func attempt(_ job: Lane.Job) throws(SQLiteFailure) -> Lane.Answer {
        try run(Self.savepoint)
        do {
            let tx = SQLiteTransaction(statements, memory: memory)
            let answer = try job.attempt(tx)
            try memory.writeAll(in: tx)
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

    private func fail(_ jobs: ArraySlice<Lane.Job>, _ error: StorageError, since start: Int64) {
        observation.failed(jobs, from: start)
        for job in jobs { job.fail(error) }
    }
}
