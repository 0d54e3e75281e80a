import Issuer

extension Configuration {
    /// For what is done to SQLite's file.
    func requireSQLite(for command: String, instead: String) throws {
        guard store.isSQLite else {
            throw Failure(
                "\(command) is for SQLite in a data folder, but PAITIFY_DATABASE_URL names PostgreSQL: \(instead)",
                exitCode: Failure.wrongConfiguration)
        }
    }
}

extension App {
    /// The books, for a command that no server may run beside: who has the folder's lock has them alone, but on PostgreSQL.
    static func openStoreAlone(_ configuration: Configuration, _ folder: DataFolder) async throws -> any Store {
        let store = try openStore(configuration, folder)
        guard let shared = store as? PostgreSQLStore else { return store }
        let others = try await shared.otherConnections()
        guard others == 0 else {
            try await shared.close()
            throw Failure(
                "other issuers have \(others) open connections to the database. Stop every issuer, run this again, and "
                    + "start them.")
        }
        return store
    }
}
