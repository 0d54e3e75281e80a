import ArgumentParser
import Issuer

extension Keys {
    struct Replace: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Revokes every signing key and creates new ones, if the master key is lost. Stop the server first.",
            discussion: """
                Existing keys are not opened, so any master key will do: the configured one, or one created in the data \
                folder if there is none. Every outstanding token is refused once processors have fetched the key set; \
                decisions, budgets, policies and API keys do not change.
                """)

        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            try await Failure.reporting {
                let configuration = try App.configuration()
                let folder = try DataFolder(configuration.dataFolder)
                guard let lock = try folder.lock() else {
                    throw Failure(
                        "a server uses the data folder \(folder.path), and would go on signing with its keys. "
                            + "Stop it, run this again, and start it.")
                }
                defer { withExtendedLifetime(lock) {} }
                guard !configuration.store.isSQLite || FileSize.of(folder.storePath) != nil else {
                    throw Failure("there are no keys: \(folder.storePath) does not exist. Set PAITIFY_DATA_DIR.")
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
