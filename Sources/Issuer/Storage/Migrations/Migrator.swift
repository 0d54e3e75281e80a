/// Brings a store's schema to this version, forward only.
enum Migrator {
    /// Every version's statements, in order; a version that shipped is never edited.
    static let versions: [[Statement]] = [
        V001.statements, V002.statements, V003.statements, V004.statements, V005.statements, V006.statements,
    ]

    private static let createVersion = Statement(
        "CREATE TABLE IF NOT EXISTS schema_version (only_row BIGINT PRIMARY KEY CHECK (only_row = 1), version BIGINT NOT NULL)"
    )
    private static let readVersion = Statement("SELECT version FROM schema_version")
    private static let writeVersion = Statement(
        """
        INSERT INTO schema_version (only_row, version) VALUES (1, $1)
        ON CONFLICT (only_row) DO UPDATE SET version = excluded.version
        """)

    /// This program's.
    static var latest: Int64 { Int64(versions.count) }

    /// What the store has; throws where it has none, as no store of ours.
    static func version(in tx: any StoreTransaction) throws(StorageError) -> Int64 {
        guard let row = try tx.execute(readVersion, []).first else { throw .schema("the file holds no schema version") }
        return try row.integer(0)
    }

    /// Refuses a store that a newer version of the program wrote.
    static func migrate(_ tx: any StoreTransaction) throws(StorageError) {
        try tx.execute(createVersion, [])
        let found = try tx.execute(readVersion, []).first?.integer(0) ?? 0
        guard (0...Int64(versions.count)).contains(found) else {
            throw .schema(
                "the store's schema is version \(found), this program knows \(versions.count): run the newer program")
        }
        for statements in versions.dropFirst(Int(found)) {
            for statement in statements { try tx.execute(statement, []) }
        }
        if found < Int64(versions.count) { try tx.execute(writeVersion, [.integer(Int64(versions.count))]) }
    }
}
