import ArgumentParser
import Issuer

extension Keys {
    struct Replace: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Revokes every signing key and makes others: for a master key that is lost. Stop the server first.",
            discussion: """
                Nothing that is there is opened, so any master key will do: the one that is configured, or one that is made in \
                the data folder where none is. Every token that is out is refused as soon as processors have fetched the key \
                set; decisions, budgets, policies and API keys are as they were.
                """)

        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            try await Failure.reporting {
                let configuration = try App.configuration()
                let folder = try DataFolder(configuration.dataFolder)
                guard let lock = try folder.lock() else {
                    throw Failure(
                        "a server has the data folder \(folder.path), and would go on signing with the keys it has. "
                            + "Stop it, run this again, and start it.")
                }
                defer { withExtendedLifetime(lock) {} }
                guard !configuration.store.isSQLite || FileSize.of(folder.storePath) != nil else {
                    throw Failure("there are no keys: \(folder.storePath) is not there. Set PAITIFY_DATA_DIR.")
                }
                try tell(try await replace(configuration, folder))
            }
        }

        private func replace(_ configuration: Configuration, _ folder: DataFolder) async throws -> [String] {
            let masterKey = try App.masterKeyOrNew(configuration, folder)
            return try await App.openStoreAlone(configuration, folder).closing { store in
                try await ReplaceSigningKeys.run(
                    on: store, masterKey: masterKey, settings: configuration.issuer, at: App.clock.now())
            }
        }

        private func tell(_ revoked: [String]) throws {
            if json {
                return try Console.print(
                    JSONWriter.text { json in
                        json.object { json in json.member("revokedSigningKeys", texts: revoked) }
                    })
            }
            try Console.print(
                """
                revoked \(revoked.count) signing keys: \(revoked.joined(separator: ", "))
                Now start the server, and have every processor fetch its key set at once.
                """)
        }
    }
}
