internal import Foundation
internal import GRDB

/// Runs statements on SQLite's connection, prepared once each.
final class SQLiteTransaction: StoreTransaction {
    private let connection: Database

    init(_ connection: Database) {
        self.connection = connection
    }

    func execute(_ statement: Statement, _ arguments: [SQLValue]) throws(StorageError) -> [Row] {
        do {
            let prepared = try connection.cachedStatement(sql: statement.sql)
            try prepared.setArguments(StatementArguments(arguments.map { $0.databaseValue }))
            let cursor = try GRDB.Row.fetchCursor(prepared)
            var rows: [Row] = []
            while let row = try cursor.next() {
                rows.append(Row(row.databaseValues.map(SQLValue.init(databaseValue:))))
            }
            return rows
        } catch {
            throw StorageError(error)
        }
    }
}

extension SQLValue {
    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let integer): integer.databaseValue
        case .text(let text): text.databaseValue
        case .blob(let bytes): Foundation.Data(bytes).databaseValue
        }
    }

    fileprivate init(databaseValue: DatabaseValue) {
        switch databaseValue.storage {
        case .null: self = .null
        case .int64(let integer): self = .integer(integer)
        case .string(let text): self = .text(text)
        case .blob(let bytes): self = .blob([UInt8](bytes))
        // No column holds a fraction; a number that grew into one is refused as text where an integer is read.
        case .double(let number): self = .text(String(number))
        }
    }
}

extension StorageError {
    init(_ error: any Error) {
        switch error {
        case let error as StorageError: self = error
        case let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT:
            self = .constraint(error.message ?? "a constraint")
        case let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT || error.resultCode == .SQLITE_NOTADB:
            self = .corrupt(error.message ?? "the file is damaged")
        case let error as DatabaseError:
            self = .unavailable("SQLite \(error.extendedResultCode.rawValue): \(error.message ?? "no message")")
        default: self = .unavailable("\(error)")
        }
    }

    /// A commit that failed while flushing may be found whole after a crash: nobody can tell now.
    init(commitFailure error: any Error) {
        if let error = error as? DatabaseError, error.resultCode == .SQLITE_IOERR {
            self = .commitUnknown("SQLite \(error.extendedResultCode.rawValue): \(error.message ?? "no message")")
        } else {
            self.init(error)
        }
    }
}
