internal import GRDB

/// One group commit: each job in a savepoint of its own, then one COMMIT, then every answer.
struct SQLiteGroup {
    let connection: Database
    var observation = Observation.none

    private static let savepoint = "SAVEPOINT job"
    private static let release = "RELEASE job"
    private static let undo = "ROLLBACK TO job"

    func commit(_ jobs: ArraySlice<Lane.Job>) {
        let start = observation.uptime()
        do {
            try connection.beginTransaction(.immediate)
        } catch {
            return fail(jobs, StorageError(error), since: start)
        }
        var answers: [@Sendable () -> Void] = []
        answers.reserveCapacity(jobs.count)
        for job in jobs {
            do {
                answers.append(try attempt(job))
            } catch {
                // Not this job's failure but the connection's: nothing of the group can be trusted to be there.
                abandon()
                return fail(jobs, StorageError(error), since: start)
            }
        }
        let ready = observation.uptime()
        do {
            try connection.commit()
        } catch {
            abandon()
            return fail(jobs, StorageError(commitFailure: error), since: start)
        }
        observation.committed(jobs, from: start, ready: ready)
        for answer in answers { answer() }
    }

    /// What to answer once the group is on disk. Throws only when the savepoint itself cannot be kept.
    private func attempt(_ job: Lane.Job) throws -> @Sendable () -> Void {
        try run(Self.savepoint)
        do {
            let answer = try job.attempt(SQLiteTransaction(connection))
            try run(Self.release)
            return answer
        } catch {
            try run(Self.undo)
            try run(Self.release)
            return { job.fail(error) }
        }
    }

    private func run(_ sql: String) throws {
        try connection.cachedStatement(sql: sql).execute()
    }

    private func abandon() {
        // SQLite may have rolled back by itself (disk full, I/O error); then there is nothing left to undo.
        if connection.isInsideTransaction { try? connection.rollback() }
    }

    private func fail(_ jobs: ArraySlice<Lane.Job>, _ error: StorageError, since start: Int64) {
        observation.failed(jobs, from: start)
        for job in jobs { job.fail(error) }
    }
}
