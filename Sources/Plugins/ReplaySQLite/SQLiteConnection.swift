import POSIX
import PluginParts
import SQLiteLib
import Verifier

/// What SQLite answered to a call that failed, put into words where it happened.
struct SQLiteFailure: Error {
    /// SQLite's result code, extended.
    let code: Int32
}

/// One connection to a file that other processes use as well. One thread at a time.
@safe final class SQLiteConnection {
    private let database: OpaquePointer
    /// Until when a call waits for other processes; the busy handler's context.
    private let deadline: UnsafeMutablePointer<Deadline>

    /// Opens the file at a path that ends in a NUL; it is made if it is not there. Throws `io`, `noMemory`.
    static func open(_ path: [CChar]) throws(VerifyError) -> SQLiteConnection {
        // Debian's SQLite takes "file:…" for a URI, and every SQLite ":memory:" for no file; with a folder they are
        // names.
        let isAbsolute = path.first == CChar(UInt8(ascii: "/"))
        let named = (isAbsolute ? [] : [CChar(UInt8(ascii: ".")), CChar(UInt8(ascii: "/"))]) + path
        var opened: OpaquePointer?
        // The guard's own lock sees to threads.
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = unsafe sqlite3_open_v2(named, &opened, flags, nil)
        guard code == SQLITE_OK, let database = unsafe opened else {
            let failure = unsafe SQLiteConnection.error(code, opened)
            unsafe sqlite3_close_v2(opened)
            throw failure
        }
        guard let block = unsafe malloc(MemoryLayout<Deadline>.size) else {
            unsafe sqlite3_close_v2(database)
            throw VerifyError(.noMemory)
        }
        return unsafe SQLiteConnection(database, block.bindMemory(to: Deadline.self, capacity: 1))
    }

    private init(_ database: OpaquePointer, _ deadline: UnsafeMutablePointer<Deadline>) {
        unsafe self.database = database
        unsafe self.deadline = deadline
        unsafe deadline.initialize(to: Deadline(inMilliseconds: 0))
        unsafe sqlite3_busy_handler(database, Self.waitForOthers, deadline)
    }

    /// Its statements have been ended before.
    deinit {
        unsafe sqlite3_close_v2(database)
        unsafe free(deadline)
    }

    /// Until when calls wait for other processes.
    func wait(until deadline: Deadline) { unsafe self.deadline.pointee = deadline }

    /// SQLite's own waits (1, 2, 5, … 100 ms) are long beside a commit; this one tries again soon, and not in step with
    /// the others.
    private static let waitForOthers: @convention(c) (UnsafeMutableRawPointer?, Int32) -> Int32 = { context, attempt in
        guard let deadline = unsafe context?.assumingMemoryBound(to: Deadline.self).pointee,
            deadline.remainingMilliseconds > 0
        else { return 0 }
        let longest = Int64(min(200 << min(attempt, 5), 5_000))
        posix_sleep_microseconds(longest / 2 + Int64(posix_any_number() >> 32) % (longest / 2 + 1))
        return 1
    }

    // MARK: Statements

    /// A statement that is kept, of one SQL text.
    func prepare(_ sql: StaticString) throws(SQLiteFailure) -> SQLiteStatement {
        var prepared: OpaquePointer?
        let code = sql.withUTF8Buffer { text in
            unsafe text.withMemoryRebound(to: CChar.self) { text in
                unsafe sqlite3_prepare_v3(
                    database, text.baseAddress, Int32(text.count), UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
            }
        }
        guard code == SQLITE_OK, let statement = unsafe prepared else { throw SQLiteFailure(code: code) }
        return unsafe SQLiteStatement(takingOwnershipOf: statement)
    }

    /// Runs a statement once, for its effect.
    func run(_ sql: StaticString) throws(SQLiteFailure) { try prepare(sql).run() }

    /// The first column of a statement's first row; nil if it has none.
    func number(_ sql: StaticString) throws(SQLiteFailure) -> Int64? {
        let statement = try prepare(sql)
        return try statement.step() ? statement.int64(0) : nil
    }

    /// Whether a statement's first row begins with this text.
    func hasRow(_ sql: StaticString, of text: StaticString) throws(SQLiteFailure) -> Bool {
        let statement = try prepare(sql)
        return try unsafe statement.step() && statement.bytes(0).span.equals(text)
    }

    /// How many rows the last statement changed.
    var changedRows: Int32 { unsafe sqlite3_changes(database) }

    /// Whether a transaction is under way.
    var isInTransaction: Bool { unsafe sqlite3_get_autocommit(database) == 0 }

    /// Whether the file is no longer where it was opened: whoever opens it now opens another one.
    var hasMoved: Bool {
        var moved: Int32 = 0
        let code = unsafe sqlite3_file_control(database, "main", SQLITE_FCNTL_HAS_MOVED, &moved)
        return code != SQLITE_OK || moved != 0
    }

    // MARK: Words

    /// What SQLite says of a failure, for a person.
    func words(for failure: SQLiteFailure) -> ShortText {
        let words: UnsafePointer<CChar>?
        if unsafe sqlite3_extended_errcode(database) == failure.code {
            unsafe words = sqlite3_errmsg(database)
        } else {
            unsafe words = sqlite3_errstr(failure.code)
        }
        var text = ShortText("SQLite: ")
        if let words = unsafe words {
            let bytes = unsafe UnsafeRawBufferPointer(start: words, count: strlen(words)).bindMemory(to: UInt8.self)
            unsafe text.append(bytes.span)
        }
        return text
    }

    /// The same as an error of a call.
    func error(_ failure: SQLiteFailure) -> VerifyError { unsafe Self.error(failure.code, database) }

    private static func error(_ code: Int32, _ database: OpaquePointer?) -> VerifyError {
        guard code & 0xFF != SQLITE_NOMEM else { return VerifyError(.noMemory) }
        var words: [CChar] = []
        if let database = unsafe database, let text = unsafe sqlite3_errmsg(database) {
            for index in 0..<(unsafe strlen(text)) { unsafe words.append(text[index]) }
        }
        let text = String(decoding: words.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return VerifyError(.io, "SQLite cannot use the file: \(text) (\(code)).")
    }
}
