internal import Dispatch
internal import Glibc

/// A connection that is made anew when it is lost. One thread at a time: that of its lane.
///
/// Unchecked, because what it holds is touched on its lane alone, and when the lane has ended.
final class PostgreSQLConnection: @unchecked Sendable {
    /// How often a group is run at most.
    private static let attemptsMax = 8
    /// Between two attempts to connect, so that requests are refused at once while there is no server.
    private static let reconnectMilliseconds: UInt64 = 100

    private let address: PostgreSQLAddress
    private let statementMilliseconds: Int
    private let random: @Sendable () -> UInt64
    private let observation: Observation
    private var session: PostgreSQLSession? {
        didSet {
            if oldValue != nil { observation.observer.met(.disconnected) }
            if session != nil { observation.observer.met(.connected) }
        }
    }
    /// What to answer those with who were committed last. They are told while the server is at work on the next group, or when
    /// there is none.
    private var committed: [Lane.Answer] = []
    /// Why there is no session, and until when none is tried.
    private var refusal: (failure: PostgreSQLFailure, until: UInt64)?

    /// Connects with the first use. `random` spreads the retries of several issuers.
    init(
        _ address: PostgreSQLAddress, statementMilliseconds: Int, random: @escaping @Sendable () -> UInt64,
        observation: Observation
    ) {
        self.observation = observation
        self.address = address
        self.statementMilliseconds = statementMilliseconds
        self.random = random
    }

    func connect() throws(PostgreSQLFailure) {
        _ = try connected()
    }

    func close() {
        session = nil
    }

    /// Answers those who were committed and not answered yet.
    func answerCommitted() {
        let answers = committed
        committed = []
        for answer in answers { answer() }
    }

    /// Commits the jobs, all of one company, as one group, and answers each: now or with `answerCommitted`, where they were
    /// committed.
    func commit(_ jobs: ArraySlice<Lane.Job>) {
        let start = observation.uptime()
        var ready = start
        do {
            let answers = try retrying { (session, lostAfter) throws(PostgreSQLFailure) in
                let group = PostgreSQLGroup(
                    session: session, jobs: jobs, whileLocking: answerCommitted, lostAfter: lostAfter)
                return try group.commit { ready = observation.uptime() }
            }
            answerCommitted()
            observation.committed(jobs, from: start, ready: ready)
            committed = answers
        } catch {
            answerCommitted()
            observation.failed(jobs, from: start)
            for job in jobs { job.fail(error) }
        }
    }

    /// Runs a job that only reads on what was committed when it begins, and answers it.
    func read(_ job: Lane.Job) {
        do {
            let answer = try retrying { (session, _) throws(PostgreSQLFailure) in
                try PostgreSQLSnapshot(session: session).read(job)
            }
            answer()
        } catch {
            job.fail(error)
        }
    }

    /// Runs `body`, again where that helps: with another connection, or after others have got out of the way.
    ///
    /// A commit whose answer was lost is there or not. Where it was for one revision of the company's row alone, `body` is run
    /// with that one, and fails where the row has another by now.
    private func retrying<Value>(
        _ body: (PostgreSQLSession, _ lostAfter: Int64?) throws(PostgreSQLFailure) -> Value
    ) throws(StorageError) -> Value {
        var (attempts, lostAfter) = (0, Int64?.none)
        while true {
            let failure: PostgreSQLFailure
            do throws(PostgreSQLFailure) {
                return try body(try connected(), lostAfter)
            } catch {
                failure = error
            }
            attempts += 1
            let wasCommitting = session?.isCommitting == true && failure.isEndOfConnection
            let checkedRevision = session?.checkedRevision
            let canGoOn = settle(after: failure)
            var isKnown = lostAfter == nil
            if wasCommitting {
                isKnown = isKnown && checkedRevision != nil
                lostAfter = checkedRevision
            }
            guard isKnown || !wasCommitting, attempts < Self.attemptsMax, isWorthAnother(failure, attempts),
                canGoOn || refusal == nil
            else {
                guard wasCommitting || lostAfter != nil else { throw failure.storageError }
                observation.observer.met(.lostCommit)
                throw .commitUnknown("PostgreSQL: \(failure.message)")
            }
            observation.observer.met(.retried(failure.retryReason))
            pause(attempts, failure)
        }
    }

    private func isWorthAnother(_ failure: PostgreSQLFailure, _ attempts: Int) -> Bool {
        switch failure.remedy {
        case .again: true
        case .reconnect: attempts <= 2
        // Somebody else's row may be there by now.
        case .none: failure.isPresumedInVain || failure.isDuplicate && attempts == 1
        }
    }

    /// Leaves the connection so that it can begin anew, or without a session. Whether there still is one.
    private func settle(after failure: PostgreSQLFailure) -> Bool {
        guard let session else { return false }
        if failure.remedy != .reconnect, session.isConnected {
            do throws(PostgreSQLFailure) {
                try session.rollBack()
                return true
            } catch {}
        }
        self.session = nil
        return false
    }

    /// Longer each time, and never as long as another's.
    private func pause(_ attempts: Int, _ failure: PostgreSQLFailure) {
        guard failure.remedy == .again else { return }
        let most = UInt64(1000) << min(attempts, 6)
        usleep(UInt32(most / 2 + random() % most))
    }

    private func connected() throws(PostgreSQLFailure) -> PostgreSQLSession {
        if let session, session.isConnected { return session }
        // To connect may take long.
        answerCommitted()
        session = nil
        let now = DispatchTime.now().uptimeNanoseconds
        if let refusal, now < refusal.until { throw refusal.failure }
        do throws(PostgreSQLFailure) {
            let fresh = try PostgreSQLSession(address, statementMilliseconds: statementMilliseconds)
            (session, refusal) = (fresh, nil)
            return fresh
        } catch {
            refusal = (
                error, DispatchTime.now().uptimeNanoseconds + Self.reconnectMilliseconds * 1_000_000
            )
            throw error
        }
    }
}
