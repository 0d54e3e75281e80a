import Glibc
import HTTPTypes
import Issuer
import Synchronization

/// Makes copies of the books beside them, one at a time, for `paitify backup` to check and to take where they belong.
///
/// Not there at once: the server may write in its own folder alone, and the operator where the server may not.
final class BooksCopy: Sendable {
    /// Where it is asked for, on the socket in the data folder.
    static let path = "/copy"

    private let folder: DataFolder
    private let makeName: @Sendable () -> String
    private let isCopying = Atomic(false)

    /// `makeName` gives a name that no file has yet.
    init(_ folder: DataFolder, makeName: @escaping @Sendable () -> String) {
        self.folder = folder
        self.makeName = makeName
    }

    /// Room that is left to the books, whatever a copy takes.
    private static let roomKept: Int64 = 64 << 20

    struct Copy: Sendable {
        let path: String
        let bytes: Int64
        /// Everything is in it that was acknowledged before this instant.
        let asOf: Instant
    }

    /// `now` is when it was asked for.
    func make(at now: Instant) async throws -> Copy {
        guard isCopying.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged else {
            throw IssuerError.busy
        }
        defer { isCopying.store(false, ordering: .releasing) }
        try checkRoom()
        let path = folder.copyPath(makeName())
        do {
            return Copy(path: path, bytes: try await SQLiteCopy.make(of: folder.storePath, at: path), asOf: now)
        } catch {
            throw IssuerError(error)
        }
    }

    /// A disk that a copy has filled keeps no decision.
    private func checkRoom() throws {
        let needed = ["", "-wal"].reduce(Self.roomKept) { $0 + (FileSize.of(folder.storePath + $1) ?? 0) }
        if let free = FileSize.free(at: folder.path), free < needed {
            throw IssuerError.storage(
                .unavailable(
                    "a copy of the books is made beside them first, in \(folder.path), and needs \(needed) bytes there; "
                        + "\(free) are free"))
        }
    }
}

extension BooksCopy.Copy {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("path", path)
            json.member("bytes", bytes)
            json.member("asOf", asOf)
        }
    }
}

extension DataFolder {
    private static let copyPrefix = "paitify.db.copy-"

    fileprivate func copyPath(_ name: String) -> String { "\(path)/\(Self.copyPrefix)\(name)" }

    /// Takes away copies that nobody came for. For whoever has the lock, before the first is made.
    func removeCopies() {
        guard let directory = unsafe opendir(path) else { return }
        defer { unsafe closedir(directory) }
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name.hasPrefix(Self.copyPrefix) { unsafe unlink("\(path)/\(name)") }
        }
    }
}

extension Problem {
    /// For the operator, who is told what exactly the store says.
    init(copying error: any Error) {
        guard case IssuerError.storage(.unavailable(let sentence)) = error else {
            self.init(error)
            return
        }
        self.init(.storageUnavailable, "The books cannot be copied: \(sentence).")
    }
}
