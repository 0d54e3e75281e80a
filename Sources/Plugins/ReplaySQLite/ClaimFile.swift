import PluginParts
import SQLiteLib
import Verifier

/// Claims in a file that several processes share. One thread at a time.
///
/// The file has a rollback journal and no write-ahead log. SQLite 3.7.0 to 3.51.2 can lose commits when several
/// processes write and checkpoint such a log (sqlite.org/wal.html, "WAL-reset bug"), and this file is there for several
/// processes. A commit returns once it is on disk: the journal is truncated and synced (`TRUNCATE`,
/// `synchronous=EXTRA`; with the default, `DELETE`, a power cut can bring the journal's name back, and with it the time
/// before the commit).
final class ClaimFile {
    /// What a claim finds.
    enum Outcome {
        case answer(ReplayAnswer)
        /// The claim may have been made before, and forgotten since.
        case over
        /// The file is no longer where it was opened.
        case moved
    }

    private let connection: SQLiteConnection
    private let statements: ClaimStatements

    /// Opens the file at a path that ends in a NUL, and makes it if it is not there. Throws `argument` for a file of
    /// something else, `io`, `noMemory`.
    static func open(_ path: [CChar], waitingUntil deadline: Deadline) throws(VerifyError) -> ClaimFile {
        let connection = try SQLiteConnection.open(path)
        connection.wait(until: deadline)
        let fault: ClaimSchema.Fault?
        do throws(SQLiteFailure) {
            fault = try ClaimSchema.setUp(connection)
            if fault == nil { return ClaimFile(connection, try ClaimStatements(connection)) }
        } catch {
            throw connection.error(error)
        }
        guard fault != .ofSomethingElse else {
            throw VerifyError(.argument, "The file holds something else than claims, or is of a newer version.")
        }
        throw VerifyError(.io, "The file has a write-ahead log, and another process keeps it from giving that up.")
    }

    private init(_ connection: SQLiteConnection, _ statements: ClaimStatements) {
        self.connection = connection
        self.statements = statements
    }

    /// Until when claims wait for other processes.
    func wait(until deadline: Deadline) { connection.wait(until: deadline) }

    /// What SQLite says of a failure.
    func words(for failure: SQLiteFailure) -> ShortText { connection.words(for: failure) }

    /// Makes a claim, or tells who made it. When this returns `first`, the claim is on disk.
    func claim(
        issuer: UnsafeBufferPointer<UInt8>, authorizationID: UnsafeBufferPointer<UInt8>, keepUntil: Int64,
        transactionID: UnsafeBufferPointer<UInt8>, at now: Int64
    ) throws(SQLiteFailure) -> Outcome {
        guard !connection.hasMoved else { return .moved }
        // A claim never changes while it is there, so to look first is safe, and keeps replays out of the writers' way.
        if let answer = try unsafe answer(issuer, authorizationID, transactionID) { return .answer(answer) }
        try statements.begin.run()
        do throws(SQLiteFailure) {
            try unsafe statements.insert.bind(issuer, at: 1)
            try unsafe statements.insert.bind(authorizationID, at: 2)
            try statements.insert.bind(keepUntil, at: 3)
            try unsafe statements.insert.bind(transactionID, at: 4)
            try statements.insert.run()
            guard connection.changedRows == 1 else {
                let answer = try unsafe answer(issuer, authorizationID, transactionID)
                try statements.rollback.run()
                return answer.map { .answer($0) } ?? .over
            }
            try forgetEnded(at: now)
            try statements.commit.run()
            return .answer(.first)
        } catch {
            // What of the failure needs a rollback has had one already.
            if connection.isInTransaction { try? statements.rollback.run() }
            throw error
        }
    }

    /// What to answer of a claim that is there; nil if it is not.
    private func answer(
        _ issuer: UnsafeBufferPointer<UInt8>, _ authorizationID: UnsafeBufferPointer<UInt8>,
        _ transactionID: UnsafeBufferPointer<UInt8>
    ) throws(SQLiteFailure) -> ReplayAnswer? {
        try unsafe statements.find.bind(issuer, at: 1)
        try unsafe statements.find.bind(authorizationID, at: 2)
        guard try statements.find.step() else { return nil }
        defer { statements.find.reset() }
        let owner = unsafe statements.find.bytes(0)
        return unsafe !owner.isEmpty && owner.span.equals(transactionID.span) ? .sameTransaction : .seen
    }

    /// Forgets claims whose tokens have ended: a few, since each commit adds one, so that none takes long.
    private func forgetEnded(at now: Int64) throws(SQLiteFailure) {
        try statements.ended.bind(now, at: 1)
        guard try statements.ended.step() else { return }
        let (count, latest) = (statements.ended.int64(0), statements.ended.int64(1))
        statements.ended.reset()
        guard count > 0 else { return }
        try statements.note.bind(latest, at: 1)
        try statements.note.run()
        try statements.forget.bind(now, at: 1)
        try statements.forget.run()
    }
}
