internal import Synchronization

/// Where everything is kept. One repository of SQL, many engines: an engine only runs statements in transactions.
public protocol Store: Sendable {
    /// Runs `body` in a transaction of one company, alone and all or nothing, and returns once it is on disk.
    ///
    /// Bodies that wait at the same time are committed together; a body that throws undoes its own work alone. `body`
    /// runs on the company's lane, never on the cooperative pool, and must not wait for anything but `tx`. It may be run
    /// more than once, and what it did before the last time is undone. It will ask for what is foreseen, unless what it finds
    /// is otherwise than was thought: an engine that is far away may ask early.
    func transaction<Value: Sendable>(
        for company: CompanyID, foreseeing: [Foreseen],
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value

    /// Runs `body`, which only reads, beside what is being written: it sees what was committed, and nobody waits for it.
    func read<Value: Sendable>(
        for company: CompanyID, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value

    /// The same for what takes long, so that no short look waits for it.
    func longRead<Value: Sendable>(
        for company: CompanyID, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value

    /// A transaction of what belongs to no company: signing keys, the directory of API keys, new companies.
    func globalTransaction<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value

    /// Transactions that wait for their turn now.
    var waitingCount: Int { get }

    /// Waits for what runs, refuses what comes after, and closes the files.
    func close() async throws
}

extension Store {
    /// For a store that keeps nobody waiting.
    public var waitingCount: Int { 0 }

    /// A transaction that foresees nothing.
    public func transaction<Value: Sendable>(
        for company: CompanyID, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await transaction(for: company, foreseeing: [], body)
    }

    /// For a store that has no way to read beside its writer.
    public func read<Value: Sendable>(
        for company: CompanyID, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await transaction(for: company, body)
    }

    /// Gives what `body` gives once the store is closed, which it is whatever came of it.
    public func closing<Value>(after body: (Self) async throws -> Value) async throws -> Value {
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(self))
        } catch {
            result = .failure(error)
        }
        try await close()
        return try result.get()
    }

    /// For a store whose looks do not wait for each other.
    public func longRead<Value: Sendable>(
        for company: CompanyID, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await read(for: company, body)
    }
}

/// An open transaction: all that an engine implements. Not Sendable, so that it cannot outlive its closure.
public protocol StoreTransaction: AnyObject {
    /// What the engine's own transaction, in which others may have run before this one, has found out.
    var memory: GroupMemory { get }

    /// Runs one statement with `$1`, `$2`… bound in order and gives every row.
    ///
    /// What gives no rows by its nature may be run later, at the latest with the commit: should it fail then, the transaction
    /// fails, whatever its body made of it. So a body decides nothing by whether a write fails.
    @discardableResult
    func execute(_ statement: Statement, _ arguments: [SQLValue]) throws(StorageError) -> [Row]

    /// Runs statements of which none needs what another finds, in their order, and gives the rows of each. An engine that is
    /// far away is asked once.
    func ask(_ questions: [Question]) throws(StorageError) -> [[Row]]
}

/// A statement with what is bound in it.
public struct Question: Sendable {
    let statement: Statement
    let arguments: [SQLValue]

    init(_ statement: Statement, _ arguments: [SQLValue]) {
        self.statement = statement
        self.arguments = arguments
    }
}

extension StoreTransaction {
    func execute(_ question: Question) throws(StorageError) -> [Row] {
        try execute(question.statement, question.arguments)
    }

    /// The one number of a statement's answer; 0 where there is no row.
    func number(_ statement: Statement, _ arguments: [SQLValue]) throws(StorageError) -> Int64 {
        try execute(statement, arguments).first?.integer(0) ?? 0
    }

    /// One after the other, for an engine that is near.
    public func ask(_ questions: [Question]) throws(StorageError) -> [[Row]] {
        var found: [[Row]] = []
        for question in questions { found.append(try execute(question.statement, question.arguments)) }
        return found
    }
}

/// One SQL text, in the subset that every engine shares. Its `$n` first appear in ascending order.
///
/// Each is made once, as a constant: engines prepare it when they first meet it and keep that for good.
public struct Statement: Sendable {
    /// What an engine has to know of it.
    struct Traits: OptionSet, Sendable {
        let rawValue: UInt8

        /// It knows what the group has to write.
        static let knowing: Traits = []
        /// What the group has to write of these tables is written before it.
        static let looksAtCounters = Traits(rawValue: 1)
        static let looksAtAuthorizations = Traits(rawValue: 2)
        /// Its effect may stay although the body that ran it failed: it locks, and changes nothing that anybody reads.
        static let onlyLocks = Traits(rawValue: 4)
        /// It divides by zero where something is otherwise than was presumed, and finds nothing that anybody wants. What is
        /// sent after it is in vain then, the commit too.
        static let isCheck = Traits(rawValue: 8)
        /// PostgreSQL alone needs it, or can do it: SQLite does not run it.
        static let isOfPostgreSQL = Traits(rawValue: 16)
    }

    public let sql: String
    let traits: Traits
    /// Tells it from every other: the number of those that were made before it.
    let number: Int

    private static let count = Atomic(0)

    public init(_ sql: String) {
        var traits: Traits = []
        if sql.contains("counters") { traits.insert(.looksAtCounters) }
        if sql.contains("authorizations") { traits.insert(.looksAtAuthorizations) }
        self.init(sql, traits)
    }

    /// For one that says itself what it does, whatever tables it names.
    init(_ sql: String, _ traits: Traits) {
        self.sql = sql
        self.traits = traits
        number = Self.count.wrappingAdd(1, ordering: .relaxed).oldValue
    }
}

/// What is bound in a statement, or found in a column.
public enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])
}
