/// What PostgreSQL, or the connection to it, said when something could not be done.
struct PostgreSQLFailure: Error {
    /// What helps against it.
    enum Remedy {
        /// The same transaction again: another one was in its way, and it left nothing behind.
        case again
        /// Another connection: this one is gone, or leads to a server that takes no writes.
        case reconnect
        /// Nothing that this program could do.
        case none
    }

    /// Five characters (https://www.postgresql.org/docs/15/errcodes-appendix.html); nil where the connection itself failed.
    let state: String?
    let message: String
    /// Of what the error is about, where PostgreSQL names it.
    var schema: String?

    static func connection(_ message: String) -> PostgreSQLFailure {
        PostgreSQLFailure(state: nil, message: message)
    }

    /// A commit was maybe lost, and the company's row has been changed: by it or by another.
    static let overtaken = PostgreSQLFailure(state: "40000", message: "the company's row has been changed since")

    /// division_by_zero: what the group presumed is not so, see `Statement.Traits.isCheck`. Nothing else divides.
    var isPresumedInVain: Bool { state == "22012" }

    private var stateClass: Substring { (state ?? "").prefix(2) }

    var remedy: Remedy {
        switch state {
        case nil: .reconnect
        // serialization_failure, deadlock_detected.
        case "40001", "40P01": .again
        // Two that make the same table at once: CREATE TABLE IF NOT EXISTS asks before it locks.
        case "23505" where schema == "pg_catalog": .again
        // read_only_sql_transaction: it was the primary once. admin_shutdown, crash_shutdown, cannot_connect_now,
        // idle_session_timeout. 0A000, 26000: a prepared statement's tables were changed, or a pooler gave it to another.
        case "25006", "57P01", "57P02", "57P03", "57P05", "0A000", "26000": .reconnect
        case _ where stateClass == "08" || state == "25P03": .reconnect
        default: .none
        }
    }

    /// Whether the connection ended with it: of a commit that was sent before, it tells nothing.
    var isEndOfConnection: Bool { state == nil || stateClass == "08" || (state ?? "").hasPrefix("57P") }

    /// A row that was not there when this transaction looked: run again, it finds the row and says what is to be said.
    var isDuplicate: Bool { state == "23505" }

    /// Why a transaction that failed so is run again.
    var retryReason: RetryReason {
        state.flatMap(RetryReason.init) ?? .connection
    }

    var storageError: StorageError {
        guard let state else { return .unavailable("PostgreSQL: \(message)") }
        let sentence = "PostgreSQL \(state): \(message)"
        return switch stateClass {
        // Integrity constraints, and numbers that no column holds.
        case "23", "22": .constraint(sentence)
        case "XX": .corrupt(sentence)
        // undefined_table, undefined_column.
        case "42" where state == "42P01" || state == "42703": .schema(sentence)
        default: .unavailable(sentence)
        }
    }
}
