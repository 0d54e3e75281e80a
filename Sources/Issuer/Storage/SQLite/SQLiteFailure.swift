internal import GRDB
internal import SQLiteLib

/// What SQLite said when it could not do something.
struct SQLiteFailure: Error {
    /// The extended result code (https://sqlite.org/rescode.html).
    let code: CInt
    let message: String

    init(code: CInt, message: String) {
        self.code = code
        self.message = message
    }

    /// Of GRDB's.
    init(_ error: any Error) {
        let error = error as? DatabaseError
        self.init(
            code: error?.extendedResultCode.rawValue ?? SQLITE_ERROR, message: error?.message ?? "no message")
    }

    var storageError: StorageError {
        switch code & 0xff {
        case SQLITE_CONSTRAINT: .constraint(message)
        case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt(message)
        default: .unavailable("SQLite \(code): \(message)")
        }
    }

    /// The same of a commit: one that failed while flushing may be found whole after a crash, and nobody can tell now.
    var commitError: StorageError {
        code & 0xff == SQLITE_IOERR ? .commitUnknown("SQLite \(code): \(message)") : storageError
    }
}
