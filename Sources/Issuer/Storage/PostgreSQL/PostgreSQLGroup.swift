/// One group commit: BEGIN, every job, COMMIT. All of one company, so that a transaction touches one company's rows alone.
///
/// As on SQLite, savepoints are set only after a job has failed that had written: each costs a round trip here.
struct PostgreSQLGroup {
    let session: PostgreSQLSession
    let jobs: ArraySlice<Lane.Job>
    /// What there is to do until the first answer comes.
    let whileLocking: () -> Void
    /// The revision that the company's row must have had before: what was to be committed on it was maybe lost, and is not there
    /// as long as it has that one.
    let lostAfter: Int64?
    private let memory = GroupMemory()

    // READ COMMITTED: the company's row is locked first, and what is read after that is what the last transaction of the
    // company left, whichever issuer ran it. A snapshot from before the lock would show its past.
    private static let begin = Statement("BEGIN ISOLATION LEVEL READ COMMITTED")
    private static let savepoint = Statement("SAVEPOINT job")
    private static let release = Statement("RELEASE job")
    private static let undo = Statement("ROLLBACK TO job")

    private var company: CompanyID? { jobs.first?.company }

    /// Runs the jobs and commits; throws where nothing of the group is there, or nobody can tell.
    ///
    /// `ready` is called when all that is left is the commit.
    func commit(ready: () -> Void) throws(PostgreSQLFailure) -> [Lane.Answer] {
        if let company, lostAfter == nil { memory.presumed = session.standings.presumed(of: company) }
        do throws(PostgreSQLFailure) {
            if let answers = try attemptTogether() {
                try finish(ready)
                return answers
            }
        } catch  where error.isPresumedInVain {
            if let company { session.standings.failed(company) }
            throw error
        } catch  where error.isOfOneJob && session.isConnected {
            // One of them has failed, and which one is not known: its statement was not waited for.
        }
        // What is undone in between is not what the group leaves.
        if let company { session.standings.forget(company) }
        let answers = try attemptEach()
        try finish(ready)
        return answers
    }

    private func finish(_ ready: () -> Void) throws(PostgreSQLFailure) {
        ready()
        session.checkedRevision = memory.checkedRevision
        try session.commit()
        if let company { session.standings.committed(company, memory) }
    }

    /// Locks the company's row, and goes on only where what was maybe lost is not there, and can no longer come.
    private func begin() throws(PostgreSQLFailure) {
        session.beginning()
        session.whileWaiting = whileLocking
        try session.send(Self.begin)
        guard let lostAfter, let company else { return }
        try writing { (tx) throws(StorageError) in _ = try Companies.lock(company, in: tx) }
        guard memory[company].revision == lostAfter + 1 else { throw .overtaken }
    }

    /// Half of the group's rows, but neither so few that their statements cost more than what is gained, nor more than one
    /// statement takes.
    private static func rowsAtOnce(of count: Int) -> Int { min(max(8, (count + 1) / 2), 32) }

    /// Nil where a job failed that had written.
    private func attemptTogether() throws(PostgreSQLFailure) -> [Lane.Answer]? {
        // Nobody may be waited for before all is decided.
        if memory.presumed != nil { whileLocking() }
        try begin()
        var answers: [Lane.Answer] = []
        answers.reserveCapacity(jobs.count)
        let rowsAtOnce = Self.rowsAtOnce(of: jobs.count)
        foresee()
        for job in jobs {
            session.hasWritten = false
            memory.hasChanged = false
            do {
                answers.append(try job.attempt(PostgreSQLTransaction(session, memory: memory)))
            } catch {
                if let failure = session.failure { throw failure }
                if session.hasWritten || memory.hasChanged { return nil }
                answers.append { job.fail(error) }
            }
            if memory.authorizations.count >= rowsAtOnce { try writeAhead() }
        }
        try write()
        return answers
    }

    /// The server is at work on these rows while the lane decides on more.
    private func writeAhead() throws(PostgreSQLFailure) {
        try writing { (tx) throws(StorageError) in try memory.writeAuthorizations(in: tx) }
        try session.flush()
    }

    /// What they will ask for is asked for together, as far as it goes with one flush.
    private func foresee() {
        guard let company else { return }
        var seen: Set<Foreseen> = []
        var left = PostgreSQLSession.questionsMax - Companies.questionsOfLock
        for one in jobs.lazy.flatMap(\.foreseen) where one.questionCount <= left && seen.insert(one).inserted {
            memory[company].foreseen.append(one)
            left -= one.questionCount
        }
    }

    /// What the group has gathered goes with the commit, or with the end of a savepoint.
    private func write() throws(PostgreSQLFailure) {
        try writing { (tx) throws(StorageError) in try memory.writeAll(in: tx) }
    }

    private func writing(
        _ body: (PostgreSQLTransaction) throws(StorageError) -> Void
    ) throws(PostgreSQLFailure) {
        do throws(StorageError) {
            try body(PostgreSQLTransaction(session, memory: memory))
        } catch {
            throw session.failure ?? .connection("\(error)")
        }
    }

    /// Begins again, each job in a savepoint of its own.
    private func attemptEach() throws(PostgreSQLFailure) -> [Lane.Answer] {
        try session.rollBack()
        memory.forgetAll()
        try begin()
        var answers: [Lane.Answer] = []
        for job in jobs { answers.append(try attempt(job)) }
        return answers
    }

    /// Throws only when the transaction itself cannot go on.
    private func attempt(_ job: Lane.Job) throws(PostgreSQLFailure) -> Lane.Answer {
        try session.send(Self.savepoint)
        do {
            let answer = try job.attempt(PostgreSQLTransaction(session, memory: memory))
            try write()
            try session.send(Self.release)
            _ = try session.answer()
            return answer
        } catch {
            if let failure = session.failure, !failure.isOfOneJob { throw failure }
            let reported = session.failure?.storageError ?? error
            memory.forgetAll()
            session.beginning()
            try session.send(Self.undo)
            try session.send(Self.release)
            return { job.fail(reported) }
        }
    }
}

extension PostgreSQLFailure {
    /// Whether it is the fault of a job's own statements, so that the others of its group can go on without it.
    fileprivate var isOfOneJob: Bool {
        guard case .none = remedy, !isPresumedInVain else { return false }
        return state != nil && !["53", "55", "57", "58", "XX"].contains(String((state ?? "").prefix(2)))
    }
}
