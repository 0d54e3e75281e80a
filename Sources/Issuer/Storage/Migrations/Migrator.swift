/// Brings a store's schema to this version, forward only.
enum Migrator {
    /// Every version's statements, in order; a version that shipped is never edited.
    static let versions: [[Statement]] = [
        V001.statements, V002.statements, V003.statements, V004.statements, V005.statements, V006.statements,
        V007.statements, V008.statements, V009.statements, V010.statements, V011.statements,
    ]

    private static let createVersion = Statement(
        "CREATE TABLE IF NOT EXISTS schema_version (only_row BIGINT PRIMARY KEY CHECK (only_row = 1), version BIGINT NOT NULL)"
    )
    private static let readVersion = Statement("SELECT version FROM schema_version")
    private static let writeVersion = Statement("UPDATE schema_version SET version = $1 WHERE only_row = 1")

    // Whoever has this row's lock migrates; others wait, and find it done.
    private static let insertVersion = Statement(
        "INSERT INTO schema_version (only_row, version) VALUES (1, 0) ON CONFLICT (only_row) DO NOTHING")
    private static let lockVersion = Statement(
        "UPDATE schema_version SET version = version WHERE only_row = 1 RETURNING version")

    // Who waits for a table keeps all others waiting who come after: rather none is changed now.
    private static let waitBriefly = Statement("SELECT set_config('lock_timeout', '3s', true)", .isOfPostgreSQL)
    // As every transaction of the issuers that serve meanwhile does: in another order they and this one would wait for one
    // another.
    private static let lockCompanies = Statement("LOCK TABLE companies IN ACCESS EXCLUSIVE MODE", .isOfPostgreSQL)

    /// This program's.
    static var latest: Int64 { Int64(versions.count) }

    /// What the store has; throws where it has none, as no store of ours.
    static func version(in tx: any StoreTransaction) throws(StorageError) -> Int64 {
        guard let row = try tx.execute(readVersion, []).first else { throw .schema("the file holds no schema version") }
        return try row.integer(0)
    }

    /// Brings the store up to date. Any number of issuers may ask at once; one that need not be changed is only read.
    static func migrate(_ store: any Store) async throws {
        let found = try? await store.globalTransaction { try version(in: $0) }
        // Where there is none yet, or the store cannot be asked, what follows says so.
        guard found != latest else { return }
        try await store.globalTransaction { try migrate($0) }
    }

    /// Refuses a store that a newer version of the program wrote.
    static func migrate(_ tx: any StoreTransaction) throws(StorageError) {
        try tx.execute(createVersion, [])
        try tx.execute(insertVersion, [])
        let found = try tx.number(lockVersion, [])
        guard (0...latest).contains(found) else {
            throw .schema(
                "the store's schema is version \(found), this program knows \(latest): run the newer program")
        }
        if found > 0, found < latest {
            try tx.execute(waitBriefly, [])
            try tx.execute(lockCompanies, [])
        }
        for statements in versions.dropFirst(Int(found)) {
            for statement in statements { try tx.execute(statement, []) }
        }
        if found < latest { try tx.execute(writeVersion, [.integer(latest)]) }
    }
}
