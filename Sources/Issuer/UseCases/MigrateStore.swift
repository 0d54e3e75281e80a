/// Brings a store's schema to this program's version. Beside issuers that run, where the store is shared.
public enum MigrateStore {
    /// Returns the version.
    public static func run(on store: any Store) async throws -> Int64 {
        try await IssuerError.mapping { try await Migrator.migrate(store) }
        return Migrator.latest
    }
}
