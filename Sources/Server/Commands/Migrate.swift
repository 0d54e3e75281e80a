import ArgumentParser
import Issuer

/// `paitify migrate`
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Brings the books' schema up to this program's version, before its servers start.",
        discussion: """
            A server does the same when it starts. On PostgreSQL this is for roll-outs, and for a user that may change tables \
            where the servers' may not. Servers of the version before go on beside it. There is no way back but a backup.
            """)

    func run() async throws {
        try await Failure.reporting {
            let configuration = try App.configuration()
            let folder = try DataFolder(configuration.dataFolder)
            let lock = try configuration.store.isSQLite ? folder.lock() : nil
            guard lock != nil || !configuration.store.isSQLite else {
                throw Failure(
                    "a server has the data folder \(folder.path), and brought the books up to date when it started")
            }
            defer { withExtendedLifetime(lock) {} }
            let version = try await App.openStore(configuration, folder).closing { try await MigrateStore.run(on: $0) }
            try Console.print("the schema is version \(version)")
        }
    }
}
