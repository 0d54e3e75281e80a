internal import Dispatch
internal import Glibc
internal import PQLib

/// One connection, with the statements that were prepared on it.
///
/// Statements travel in a pipeline: those whose answer nobody waits for are sent with the next that somebody does wait for,
/// or with the commit. So a decision costs as many round trips as it has questions. One thread at a time.
@safe final class PostgreSQLSession {
    /// Something sent whose result was not read yet.
    private enum Sent {
        case preparation(of: Int)
        case run
        case commit

        var isCommit: Bool {
            if case .commit = self { true } else { false }
        }

        var isPreparation: Bool {
            if case .preparation = self { true } else { false }
        }
    }

    /// Results that are left unread at most: the server would stop reading when its own way back is full.
    private static let unreadMax = 200
    /// So many statements, each with its preparation, go into one flush.
    static let questionsMax = 90

    private let connection: OpaquePointer
    /// The longest that one answer may take, in milliseconds, before the connection is given up.
    private let answerMillisecondsMax: Int
    private var texts: [Int: PostgreSQLText] = [:]
    private var prepared: Set<Int> = []
    private var unread: [Sent] = []
    /// The first thing that went wrong since `beginning()`.
    private(set) var failure: PostgreSQLFailure?
    /// How companies stood after the last group of each.
    var standings = Standings()
    /// The revision of the company's row without which what was begun cannot be committed.
    var checkedRevision: Int64?
    /// Whether a statement was sent that changes something. To be reset by whoever asks.
    var hasWritten = false
    /// Done once, when the server next has something to answer.
    var whileWaiting: (() -> Void)?
    /// Whether the last thing that was sent is a COMMIT: what becomes of it only its answer tells.
    private(set) var isCommitting = false

    /// Connects. `statementMilliseconds` is the server's limit for one statement, where the server has none.
    init(_ address: PostgreSQLAddress, statementMilliseconds: Int) throws(PostgreSQLFailure) {
        let settings = PostgreSQLAddress.defaults + [("client_encoding", "UTF8"), ("dbname", address.text)]
        let connection = unsafe Self.connect(settings)
        guard let connection = unsafe connection else { throw .connection("no memory for a connection") }
        unsafe self.connection = connection
        answerMillisecondsMax = statementMilliseconds + 5000
        guard unsafe PQstatus(connection) == CONNECTION_OK else {
            throw .connection(unsafe Self.sentence(PQerrorMessage(connection)))
        }
        unsafe pq_ignore_notices(connection)
        guard unsafe PQsetnonblocking(connection, 1) == 0 && PQenterPipelineMode(connection) == 1 else {
            throw .connection(unsafe Self.sentence(PQerrorMessage(connection)))
        }
        try run(Self.limits, [.text("\(statementMilliseconds)")])
    }

    deinit { unsafe PQfinish(connection) }

    /// Whoever stops in the middle of a transaction does not keep a company locked. A commit is on disk when it is
    /// acknowledged, whatever the server's default.
    private static let limits = Statement(
        """
        SELECT set_config(name, CASE name WHEN 'synchronous_commit' THEN 'on' WHEN 'statement_timeout' THEN $1 ELSE '10s' END,
            false)
        FROM pg_settings
        WHERE name = 'synchronous_commit' AND setting = 'off'
            OR name IN ('statement_timeout', 'idle_in_transaction_session_timeout') AND setting = '0'
        """)

    private static func connect(_ settings: [(name: String, value: String)]) -> OpaquePointer? {
        let names = unsafe settings.map { unsafe strdup($0.name) }
        let values = unsafe settings.map { unsafe strdup($0.value) }
        defer { unsafe (names + values).forEach { unsafe free($0) } }
        let keywords: [UnsafePointer<CChar>?] = unsafe names.map { unsafe $0.map { unsafe UnsafePointer($0) } } + [nil]
        let texts: [UnsafePointer<CChar>?] = unsafe values.map { unsafe $0.map { unsafe UnsafePointer($0) } } + [nil]
        return unsafe PQconnectdbParams(keywords, texts, 1)
    }

    /// Whether the connection is still there, as far as is known.
    var isConnected: Bool { unsafe PQstatus(connection) == CONNECTION_OK }

    /// What went wrong before is over.
    func beginning() {
        failure = nil
        hasWritten = false
        isCommitting = false
        checkedRevision = nil
    }

    /// Ends the transaction, and with it everything that was sent and not waited for.
    func commit() throws(PostgreSQLFailure) {
        try send(Self.commitStatement)
        unread[unread.count - 1] = .commit
        isCommitting = true
        do throws(PostgreSQLFailure) {
            _ = try answer()
            isCommitting = false
        } catch {
            // Where the server says why, and goes on, nothing was committed.
            if !error.isEndOfConnection { isCommitting = false }
            throw error
        }
    }

    /// Undoes what was begun, so that the connection can begin anew.
    func rollBack() throws(PostgreSQLFailure) {
        do throws(PostgreSQLFailure) {
            try send(Self.rollback)
            _ = try answer()
        } catch  where isConnected {
            // What had been sent before it failed; the ROLLBACK itself may have been left out with it.
            try send(Self.rollback)
            _ = try answer()
        }
    }

    private static let commitStatement = Statement("COMMIT")
    private static let rollback = Statement("ROLLBACK")

    /// Runs a statement, and gives its rows where it has any that are wanted.
    @discardableResult
    func run(_ statement: Statement, _ arguments: [SQLValue] = []) throws(PostgreSQLFailure) -> [Row] {
        let text = try send(statement, arguments)
        return text.isAwaited ? try answer() : []
    }

    /// Runs statements in one round trip, and gives the rows of each.
    func ask(_ questions: [Question]) throws(PostgreSQLFailure) -> [[Row]] {
        // Nothing is waited for in between, or their answers would be taken for others'.
        if unread.count + 2 * questions.count > Self.unreadMax { _ = try answer() }
        for question in questions { try send(question.statement, question.arguments) }
        return Array(try answers().suffix(questions.count))
    }

    /// Sends a statement, whose result is read later.
    @discardableResult
    func send(_ statement: Statement, _ arguments: [SQLValue] = []) throws(PostgreSQLFailure) -> PostgreSQLText {
        if unread.count >= Self.unreadMax { _ = try answer() }
        let text: PostgreSQLText
        if let known = texts[statement.number] {
            text = known
        } else {
            text = PostgreSQLText(statement)
            texts[statement.number] = text
        }
        let name = "s\(statement.number)"
        if !prepared.contains(statement.number) {
            try expect(unsafe PQsendPrepare(connection, name, text.sql, 0, nil))
            unread.append(.preparation(of: statement.number))
            // Until its result says otherwise.
            prepared.insert(statement.number)
        }
        let sent = unsafe PostgreSQLArguments.withPointers(to: arguments) { values, lengths, formats in
            unsafe PQsendQueryPrepared(connection, name, CInt(arguments.count), values, lengths, formats, 1)
        }
        try expect(sent)
        unread.append(.run)
        if text.isWriting { hasWritten = true }
        return text
    }

    /// Lets the server begin with what was sent, and waits for nothing.
    func flush() throws(PostgreSQLFailure) {
        guard unsafe PQflush(connection) >= 0 else { throw lost() }
    }

    /// Waits for everything that was sent, and gives the rows of the last.
    func answer() throws(PostgreSQLFailure) -> [Row] {
        try answers().last ?? []
    }

    /// Waits for everything that was sent, and gives the rows of each statement.
    private func answers() throws(PostgreSQLFailure) -> [[Row]] {
        try expect(unsafe PQpipelineSync(connection))
        if let work = whileWaiting {
            try flush()
            whileWaiting = nil
            work()
        }
        var rows: [[Row]] = []
        var first: PostgreSQLFailure?
        for sent in unread {
            let outcome = try outcome(of: sent)
            switch outcome {
            case .success(let found):
                if !sent.isPreparation { rows.append(found) }
            case .failure(let failure):
                if case .preparation(let number) = sent { prepared.remove(number) }
                if first == nil, let failure { first = failure }
            }
        }
        unread.removeAll(keepingCapacity: true)
        guard let end = try unsafe next() else { throw lost() }
        defer { unsafe PQclear(end) }
        guard unsafe PQresultStatus(end) == PGRES_PIPELINE_SYNC else { throw lost() }
        if let first { throw noted(first) }
        return rows
    }

    private enum Outcome {
        case success([Row])
        /// Nil for what was left out because something before it had failed.
        case failure(PostgreSQLFailure?)
    }

    private func outcome(of sent: Sent) throws(PostgreSQLFailure) -> Outcome {
        guard let result = try unsafe next() else { throw lost() }
        defer { unsafe PQclear(result) }
        let outcome: Outcome
        switch unsafe PQresultStatus(result) {
        case PGRES_TUPLES_OK: outcome = unsafe Self.rows(result)
        case PGRES_COMMAND_OK:
            // A COMMIT of what had failed is answered by "ROLLBACK".
            outcome =
                unsafe sent.isCommit && String(cString: PQcmdStatus(result)) != "COMMIT"
                ? .failure(PostgreSQLFailure(state: "40000", message: "the transaction was rolled back")) : .success([])
        case PGRES_PIPELINE_ABORTED: outcome = .failure(nil)
        default: outcome = .failure(unsafe Self.failure(result))
        }
        // The end of this statement's results.
        if let more = try unsafe next() {
            unsafe PQclear(more)
            throw lost()
        }
        guard isConnected else { throw lost() }
        return outcome
    }

    private static func rows(_ result: OpaquePointer) -> Outcome {
        do throws(PostgreSQLFailure) {
            return .success(try unsafe PostgreSQLRows.read(result))
        } catch {
            return .failure(error)
        }
    }

    private static func failure(_ result: OpaquePointer) -> PostgreSQLFailure {
        unsafe PostgreSQLFailure(
            state: pq_sqlstate(result).map { unsafe String(cString: $0) },
            message: sentence(pq_primary_message(result)),
            schema: pq_schema_name(result).map { unsafe String(cString: $0) })
    }
}

/// Waiting for the server, but not for ever.
extension PostgreSQLSession {
    /// The next result, nil between those of two statements.
    private func next() throws(PostgreSQLFailure) -> OpaquePointer? {
        let end = DispatchTime.now().uptimeNanoseconds + UInt64(answerMillisecondsMax) * 1_000_000
        while true {
            let left = unsafe PQflush(connection)
            guard left >= 0 else { throw lost() }
            if unsafe left == 0 && PQisBusy(connection) == 0 { return unsafe PQgetResult(connection) }
            try wait(until: end, toWrite: left > 0)
            guard unsafe PQconsumeInput(connection) == 1 else { throw lost() }
        }
    }

    private func wait(until end: UInt64, toWrite: Bool) throws(PostgreSQLFailure) {
        let now = DispatchTime.now().uptimeNanoseconds
        guard now < end else { throw noted(.connection("the server did not answer in time")) }
        var watched = pollfd(
            fd: unsafe PQsocket(connection), events: Int16(POLLIN) | (toWrite ? Int16(POLLOUT) : 0), revents: 0)
        _ = unsafe poll(&watched, 1, CInt(clamping: (end - now) / 1_000_000 + 1))
    }

    private func expect(_ outcome: CInt) throws(PostgreSQLFailure) {
        guard outcome == 1 else { throw lost() }
    }

    private func lost() -> PostgreSQLFailure {
        let sentence = unsafe Self.sentence(PQerrorMessage(connection))
        return noted(.connection(sentence.isEmpty ? "the connection was lost" : sentence))
    }

    private func noted(_ failure: PostgreSQLFailure) -> PostgreSQLFailure {
        if self.failure == nil { self.failure = failure }
        return failure
    }

    /// On one line.
    private static func sentence(_ text: UnsafePointer<CChar>?) -> String {
        guard let text = unsafe text else { return "" }
        let lines = unsafe String(cString: text).split(whereSeparator: \.isNewline)
        return lines.joined(separator: " ").replacing("\t", with: "")
    }
}
