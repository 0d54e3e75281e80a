import ArgumentParser
import Glibc
import Issuer

/// `paitify restore`: books from a backup, made safe to go on with.
struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Restores a backup into the data folder, after checking it; revokes its signing keys and ends its sessions.",
        discussion: """
            The data folder must have no database and no running server: nothing is overwritten.

            A backup is a past state. It knows nothing of what was authorized since: those budgets are free again, while \
            those tokens are still valid at processors. So every signing key in it is revoked, and new ones are created: \
            processors refuse the tokens of the lost time once they have fetched the key set. No particular master key is \
            needed: the configured one, or one created in the data folder. If nothing was lost, as when a stopped issuer \
            moves to another machine, --keep-signing-keys keeps the keys, and needs their master key. In any case everyone \
            has to sign in again, and links handed out before no longer work: any of them may have been revoked since.
            """)

    @Argument(help: "A file made by `paitify backup`.", completion: .file())
    var file: String

    @Flag(help: "Revoke no signing keys. Only if nothing at all was decided or changed after the backup.")
    var keepSigningKeys = false

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        try await Failure.reporting {
            let configuration = try App.configuration()
            try configuration.requireSQLite(
                for: "paitify restore",
                instead: "restore it with pg_restore, and run \"paitify keys replace\" before an issuer starts")
            let folder = try DataFolder(configuration.dataFolder)
            guard let lock = try folder.lock() else {
                throw Failure("a server uses the data folder \(folder.path). Stop it, or set PAITIFY_DATA_DIR.")
            }
            defer { withExtendedLifetime(lock) {} }
            try folder.checkHasNoBooks()
            let masterKey = try App.masterKeyOrNew(configuration, folder)
            let delivery = try FileDelivery(to: folder.storePath)
            do {
                try await restore(delivery, configuration, masterKey)
            } catch {
                delivery.abandon()
                throw error
            }
        }
    }

    private func restore(
        _ delivery: FileDelivery, _ configuration: Configuration, _ masterKey: MasterKey
    ) async throws {
        try delivery.copy(file)
        let report = try await StoreCheck.run(path: delivery.partial)
        guard report.isWhole else { throw Failure("\(file) is damaged, and was not restored: \(report.faults)") }
        let made = try await makeSafe(delivery.partial, configuration, masterKey)
        try delivery.finish()
        try tell(report, made)
    }

    /// Does what has to be done before these books may decide again. The last connection to close takes the write-ahead
    /// log with it.
    private func makeSafe(
        _ path: String, _ configuration: Configuration, _ masterKey: MasterKey
    ) async throws -> RestoreBooks.Report {
        try await SQLiteStore.open(path: path).closing { store in
            try await RestoreBooks.run(
                on: store, masterKey: masterKey, settings: configuration.issuer, keepingSigningKeys: keepSigningKeys,
                at: App.clock.now())
        }
    }

    private func tell(_ report: StoreReport, _ made: RestoreBooks.Report) throws {
        guard !json else {
            return try Console.print(
                JSONWriter.text { json in
                    json.object { json in
                        report.write(to: &json)
                        json.member("revokedSigningKeys", texts: made.revokedKeys)
                        json.member("endedSessions", Int64(made.endedSessions))
                        json.member("withdrawnLinks", Int64(made.withdrawnLinks))
                    }
                })
        }
        try Console.print(report.summary)
        try Console.print(
            "ended \(made.endedSessions) sessions and \(made.withdrawnLinks) links to join or to set a password")
        guard !keepSigningKeys else { return try Console.print("no signing key was revoked") }
        try Console.print(
            """
            revoked \(made.revokedKeys.count) signing keys: \(made.revokedKeys.joined(separator: ", "))
            Now start the server, and have every processor fetch its key set at once: until then they accept tokens from \
            after the backup. Changes made since then are undone: revoke API keys, suspend agents and lower limits again. \
            Spends authorized since then are unknown here and cannot be confirmed: settle them by hand.
            """)
    }
}

extension DataFolder {
    /// Also no write-ahead log of books that are gone: SQLite would write it into those that come.
    fileprivate func checkHasNoBooks() throws(Failure) {
        for name in ["", "-wal", "-shm", "-journal"] where unsafe access(storePath + name, F_OK) == 0 {
            throw Failure(
                "\(storePath + name) already exists, and is not overwritten. Move every paitify.db file in "
                    + "\(path) elsewhere, or set PAITIFY_DATA_DIR to another folder.")
        }
    }
}
