import ArgumentParser
import Foundation
import Issuer

extension Keys {
    struct Reseal: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Changes the master key: seals all secrets with a new one. Stop the server first.",
            discussion: """
                If the master key is in the data folder, a new one is created and replaces it. If PAITIFY_MASTER_KEY or \
                PAITIFY_MASTER_KEY_FILE gives it, name a file for the new one with --new-key-file, and afterwards start \
                the server with PAITIFY_MASTER_KEY_FILE set to it. If interrupted, everything is sealed with either the \
                new key or the old one; run it again to finish.

                Anyone who had the old master key and a copy of the database still has the signing keys: revoke those.
                """)

        @Option(help: "The file with the new master key, mode 0600. It is created if it does not exist.")
        var newKeyFile: String?

        func run() async throws {
            try await Failure.reporting {
                let configuration = try App.configuration()
                let folder = try DataFolder(configuration.dataFolder)
                guard let lock = try folder.lock() else {
                    throw Failure(
                        "a server uses the data folder \(folder.path), and would go on sealing with the old master key. "
                            + "Stop it, run this again, and start it.")
                }
                defer { withExtendedLifetime(lock) {} }
                guard !configuration.store.isSQLite || FileManager.default.fileExists(atPath: folder.storePath) else {
                    throw Failure("there is nothing to seal: \(folder.storePath) does not exist. Set PAITIFY_DATA_DIR.")
                }
                try await reseal(configuration, folder)
            }
        }

        private func reseal(_ configuration: Configuration, _ folder: DataFolder) async throws {
            let isKeptInFolder = if case .dataFolder = configuration.masterKey { true } else { false }
            let next: MasterKey
            if let newKeyFile {
                next = try MasterKey.loadOrCreate(file: newKeyFile)
            } else if isKeptInFolder {
                next = try MasterKey.loadOrCreateNext(of: folder.masterKeyPath)
            } else {
                throw Failure(
                    "the master key is given by a variable: use --new-key-file to say where the new one is, or should be created",
                    exitCode: Failure.wrongConfiguration)
            }
            let outcome = try await seal(with: next, configuration, folder)
            if newKeyFile == nil { try MasterKey.adoptNext(of: folder.masterKeyPath) }
            switch outcome {
            case .resealed(let keys, let answers):
                try Console.print(
                    "sealed with the new master key: \(keys) signing keys, \(answers) answers that hold an API key")
            case .alreadyDone: try Console.print("everything is already sealed with the new master key")
            }
            if let newKeyFile {
                try Console.print("start the server with PAITIFY_MASTER_KEY_FILE=\(newKeyFile) from now on")
            }
        }

        private func seal(
            with next: MasterKey, _ configuration: Configuration, _ folder: DataFolder
        ) async throws -> ResealKeys.Outcome {
            let old = try App.masterKey(configuration, folder)
            // The last to close it takes the write-ahead log away, and with it what the old key had sealed.
            return try await App.openStoreAlone(configuration, folder).closing { store in
                try await ResealKeys.run(on: store, from: old, to: next, at: App.clock.now())
            }
        }
    }
}
