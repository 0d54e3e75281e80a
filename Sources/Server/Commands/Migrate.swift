import ArgumentParser
import Issuer

/// `paitify migrate`
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Updates the database schema to this program's version, before its servers start.",
        discussion: """
            A server does the same when it starts. On PostgreSQL this is for roll-outs, and for a user that may change tables \
            if the servers' may not. Servers of the previous version keep running. The only way back is a backup.
            """)

    func run() async throws {
        try await Failure.reporting {
            let configuration = try App.configuration()
            let folder = try DataFolder(configuration.dataFolder)
            let lock = try configuration.store.isSQLite ? folder.lock() : nil
            guard lock != nil || !configuration.store.isSQLite else {
                throw Failure(
                    "a server uses the data folder \(folder.path), and updated the schema when it started")
            }
            defer { withExtendedLifetime(lock) {} }
            let version = try await App.openStore(configuration, folder).closing { try await MigrateStore.run(on: $0) }
            try Console.print("the schema is version \(version)")
        }
    }
}
