import SQLiteLib

/// A prepared statement. What is bound to it is borrowed: it lasts until the statement has been run.
@safe final class SQLiteStatement {
    private let statement: OpaquePointer

    init(takingOwnershipOf statement: OpaquePointer) {
        unsafe self.statement = statement
    }

    deinit {
        unsafe sqlite3_finalize(statement)
    }

    /// Binds bytes, which have to live until the statement is reset; no bytes are an empty blob, not NULL.
    func bind(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int32) throws(SQLiteFailure) {
        let code =
            unsafe bytes.isEmpty
            ? sqlite3_bind_zeroblob(statement, index, 0)
            : sqlite3_bind_blob64(statement, index, bytes.baseAddress, UInt64(bytes.count), nil)
        guard code == SQLITE_OK else { throw SQLiteFailure(code: code) }
    }

    func bind(_ number: Int64, at index: Int32) throws(SQLiteFailure) {
        let code = unsafe sqlite3_bind_int64(statement, index, number)
        guard code == SQLITE_OK else { throw SQLiteFailure(code: code) }
    }

    /// Whether there is a row. Where there is none, or it throws, the statement is reset.
    func step() throws(SQLiteFailure) -> Bool {
        let code = unsafe sqlite3_step(statement)
        if code == SQLITE_ROW { return true }
        reset()
        guard code == SQLITE_DONE else { throw SQLiteFailure(code: code) }
        return false
    }

    /// Runs it to its end.
    func run() throws(SQLiteFailure) {
        while try step() {}
    }

    /// Ends its reading of rows, and with it the lock that it holds.
    func reset() { unsafe sqlite3_reset(statement) }

    func int64(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(statement, column) }

    /// The bytes of a column; valid until the next step or reset.
    @unsafe func bytes(_ column: Int32) -> UnsafeBufferPointer<UInt8> {
        let start = unsafe sqlite3_column_blob(statement, column)
        let count = unsafe Int(sqlite3_column_bytes(statement, column))
        return unsafe UnsafeRawBufferPointer(start: start, count: count).bindMemory(to: UInt8.self)
    }
}
