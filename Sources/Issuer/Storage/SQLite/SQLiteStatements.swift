internal import GRDB
internal import SQLiteLib

/// The statements of one connection, prepared once each and run as they are: a row is read straight into our values.
///
/// GRDB prepares them and owns them. Its own ways of binding and fetching make several objects of each value and each row,
/// which took longer than SQLite itself did. To be used where the connection is, on its queue.
final class SQLiteStatements {
    private let connection: Database
    /// By their number.
    private var prepared: [GRDB.Statement?] = []
    /// Whether a statement has run that writes.
    var hasWritten = false

    init(_ connection: Database) {
        self.connection = connection
    }

    var isInTransaction: Bool { connection.isInsideTransaction }

    func execute(_ statement: Statement, _ arguments: [SQLValue] = []) throws(SQLiteFailure) -> [Row] {
        let handle = try unsafe handle(of: statement)
        // Whatever happens, the statement is left as it was found, and keeps no transaction open.
        defer { unsafe sqlite3_reset(handle) }
        // What was bound before stays bound, so a missing argument would be another request's.
        if unsafe sqlite3_stmt_readonly(handle) == 0 && !statement.traits.contains(.onlyLocks) { hasWritten = true }
        guard unsafe Int(sqlite3_bind_parameter_count(handle)) == arguments.count else {
            throw SQLiteFailure(code: SQLITE_RANGE, message: "\(arguments.count) arguments for \(statement.sql)")
        }
        for (index, argument) in arguments.enumerated() {
            guard unsafe Self.bind(argument, to: handle, CInt(index + 1)) == SQLITE_OK else { throw failure() }
        }
        var rows: [Row] = []
        while true {
            switch unsafe sqlite3_step(handle) {
            case SQLITE_ROW:
                unsafe rows.append(Row((0..<sqlite3_column_count(handle)).map { unsafe Self.value(handle, $0) }))
            case SQLITE_DONE: return rows
            default: throw failure()
            }
        }
    }

    private func handle(of statement: Statement) throws(SQLiteFailure) -> OpaquePointer {
        if prepared.count <= statement.number {
            prepared += Array(repeating: nil, count: statement.number + 1 - prepared.count)
        }
        if let known = prepared[statement.number] { return unsafe known.sqliteStatement }
        do {
            let made = try connection.makeStatement(sql: statement.sql)
            prepared[statement.number] = made
            return unsafe made.sqliteStatement
        } catch {
            throw SQLiteFailure(error)
        }
    }

    private func failure() -> SQLiteFailure {
        guard let handle = unsafe connection.sqliteConnection else {
            return SQLiteFailure(code: SQLITE_MISUSE, message: "the store is closed")
        }
        return unsafe SQLiteFailure(
            code: sqlite3_extended_errcode(handle), message: String(cString: sqlite3_errmsg(handle)))
    }

    /// SQLite copies texts and blobs.
    private static func bind(_ value: SQLValue, to handle: OpaquePointer, _ index: CInt) -> CInt {
        let transient = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch value {
        case .null: return unsafe sqlite3_bind_null(handle, index)
        case .integer(let integer): return unsafe sqlite3_bind_int64(handle, index, integer)
        case .text(var text):
            return text.withUTF8 { bytes in
                // An empty text has no address, and without one it would be NULL.
                guard let start = bytes.baseAddress else {
                    return unsafe sqlite3_bind_text(handle, index, "", 0, nil)
                }
                return unsafe start.withMemoryRebound(to: CChar.self, capacity: bytes.count) { characters in
                    unsafe sqlite3_bind_text(handle, index, characters, CInt(bytes.count), transient)
                }
            }
        case .blob(let bytes):
            guard !bytes.isEmpty else { return unsafe sqlite3_bind_zeroblob(handle, index, 0) }
            return unsafe sqlite3_bind_blob(handle, index, bytes, CInt(bytes.count), transient)
        }
    }

    /// The column's bytes are SQLite's until the next step: they are copied.
    private static func value(_ handle: OpaquePointer, _ column: CInt) -> SQLValue {
        switch unsafe sqlite3_column_type(handle, column) {
        case SQLITE_NULL: return .null
        case SQLITE_INTEGER: return .integer(unsafe sqlite3_column_int64(handle, column))
        case SQLITE_BLOB:
            let start = unsafe sqlite3_column_blob(handle, column)
            let bytes = unsafe UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
            return unsafe .blob([UInt8](bytes))
        // No column holds a fraction; a number that grew into one is refused as text where an integer is read.
        default:
            let start = unsafe sqlite3_column_text(handle, column)
            let text = unsafe UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
            return unsafe .text(String(decoding: text, as: UTF8.self))
        }
    }
}
