import Glibc

/// The store's files, and the room beside them.
///
/// They are asked for by name and never opened: closing a file of SQLite's would let go of every lock that this process
/// has on it (fcntl(2), POSIX advisory locks).
struct StoreMetrics: Sendable {
    /// Of the database.
    let path: String

    func write(to page: inout Exposition) {
        let sizes = [("database", path), ("wal", path + "-wal")].compactMap { name, path in
            Self.size(path).map { (name, $0) }
        }
        guard !sizes.isEmpty else { return }
        page.family("paitify_store_bytes", .gauge, "The size of the store's files.")
        for (name, size) in sizes { page.sample(.integer(size), ["file": name]) }
        var room = statvfs()
        if unsafe statvfs(path, &room) == 0 {
            page.only(
                "paitify_store_free_bytes", .gauge, "Room that is left where the store's files are.",
                .integer(Int64(clamping: UInt64(room.f_bavail).multipliedReportingOverflow(by: UInt64(room.f_frsize)).partialValue)))
        }
    }

    private static func size(_ path: String) -> Int64? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Int64(status.st_size) : nil
    }
}
