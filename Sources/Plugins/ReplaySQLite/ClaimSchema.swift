import SQLiteLib
import Verifier

/// How a file of claims is laid out and opened.
enum ClaimSchema {
    /// "PAIT", in the file's header: says whose file it is.
    private static let applicationID: Int64 = 0x5041_4954
    private static let version: Int64 = 1

    /// What is wrong with a file.
    enum Fault {
        case ofSomethingElse
        case cannotHaveRollbackJournal
    }

    /// What a file has.
    private enum Content {
        case claims
        case nothing
        case somethingElse
    }

    /// Sets the connection up, and the file if it is new. Nil if it can be used.
    static func setUp(_ connection: SQLiteConnection) throws(SQLiteFailure) -> Fault? {
        // What the connection trusts: nothing that a file can bring along.
        try connection.run("PRAGMA trusted_schema = OFF")
        try connection.run("PRAGMA cell_size_check = ON")
        let found = try transaction("BEGIN", connection, content)
        guard found != .somethingElse else { return .ofSomethingElse }
        guard try connection.hasRow("PRAGMA journal_mode = TRUNCATE", of: "truncate") else {
            return .cannotHaveRollbackJournal
        }
        try connection.run("PRAGMA synchronous = EXTRA")
        try connection.run("PRAGMA fullfsync = ON")  // where a disk's own cache is not flushed otherwise (macOS)
        guard found == .nothing else { return nil }
        return try transaction("BEGIN IMMEDIATE", connection, create) ? nil : .ofSomethingElse
    }

    /// Runs steps that see the file as it is at one instant: another process may be making it.
    private static func transaction<Answer>(
        _ begin: StaticString, _ connection: SQLiteConnection,
        _ steps: (SQLiteConnection) throws(SQLiteFailure) -> Answer
    ) throws(SQLiteFailure) -> Answer {
        try connection.run(begin)
        do throws(SQLiteFailure) {
            let answer = try steps(connection)
            try connection.run("COMMIT")
            return answer
        } catch {
            if connection.isInTransaction { try? connection.run("ROLLBACK") }
            throw error
        }
    }

    private static func content(_ connection: SQLiteConnection) throws(SQLiteFailure) -> Content {
        let tables = try connection.number("SELECT count(*) FROM sqlite_master")
        let id = try connection.number("PRAGMA application_id")
        let number = try connection.number("PRAGMA user_version")
        if id == applicationID && number == version { return .claims }
        return tables == 0 && id == 0 ? .nothing : .somethingElse
    }

    /// Whether the file is ours now: another process may be as fast, or faster.
    private static func create(_ connection: SQLiteConnection) throws(SQLiteFailure) -> Bool {
        guard try content(connection) == .nothing else { return try content(connection) == .claims }
        // Names are blobs: bytes that are compared as they are. The end comes before the transaction, which can
        // be long.
        try connection.run(
            """
            CREATE TABLE claims (
                issuer BLOB NOT NULL, jti BLOB NOT NULL, keep_until INTEGER NOT NULL,
                transaction_id BLOB NOT NULL, PRIMARY KEY (issuer, jti)
            ) WITHOUT ROWID
            """)
        try connection.run("CREATE INDEX claims_by_end ON claims (keep_until)")
        // The latest end of a claim that was forgotten.
        try connection.run(
            "CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), forgotten_until INTEGER NOT NULL)")
        try connection.run("INSERT INTO state VALUES (1, -9223372036854775808)")
        try connection.run("PRAGMA application_id = 1346455892")
        try connection.run("PRAGMA user_version = 1")
        return true
    }
}
