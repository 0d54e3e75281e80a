/// What was found in a store's file that nobody writes.
public struct StoreReport: Sendable {
    /// What SQLite finds wrong with the file, in its words.
    public let damage: [String]
    /// Nil where the schema is not this version's, or the file is too damaged to be read.
    public let books: BooksReport?
    public let chains: [AuditVerification.Chain]
    public let schemaVersion: Int64

    /// Whether all is as it was written: an older schema's books cannot be recounted, and are no fault.
    public var isWhole: Bool {
        damage.isEmpty && books?.balances != false && chains.allSatisfy { $0.fault == nil }
    }
}

/// Checks a copy: the file's structure, then the books, then the log of every change. Reads all of it, and writes
/// nothing.
public enum StoreCheck {
    /// Throws where the file cannot be read; what is wrong in it is in the report.
    public static func run(path: String) async throws -> StoreReport {
        try await IssuerError.mapping { try await SQLiteSnapshot(path: path).closing { try await examine($0) } }
    }

    private static func examine(_ snapshot: SQLiteSnapshot) async throws -> StoreReport {
        let damage = try await IssuerError.mapping { try await snapshot.damage() }
        let version = try await IssuerError.mapping {
            try await snapshot.globalTransaction { try Migrator.version(in: $0) }
        }
        guard damage.isEmpty, version == Migrator.latest else {
            return StoreReport(damage: damage, books: nil, chains: [], schemaVersion: version)
        }
        return StoreReport(
            damage: [], books: try await BooksCheck(store: snapshot).report(),
            chains: try await AuditVerification(store: snapshot).chains(), schemaVersion: version)
    }
}
