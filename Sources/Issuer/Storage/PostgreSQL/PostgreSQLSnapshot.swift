/// One transaction that only reads, and sees one moment whole.
struct PostgreSQLSnapshot {
    let session: PostgreSQLSession

    private static let begin = Statement("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    /// What to answer with; throws where the connection or the transaction failed.
    func read(_ job: Lane.Job) throws(PostgreSQLFailure) -> Lane.Answer {
        session.beginning()
        try session.send(Self.begin)
        let answer: Lane.Answer
        do {
            answer = try job.attempt(PostgreSQLTransaction(session, memory: GroupMemory()))
        } catch {
            if let failure = session.failure { throw failure }
            answer = { job.fail(error) }
        }
        try session.commit()
        return answer
    }
}
