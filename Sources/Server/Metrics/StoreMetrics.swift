/// The store's files, and the room beside them.
struct StoreMetrics: Sendable {
    /// Of the database.
    let path: String

    func write(to page: inout Exposition) {
        page.family("paitify_store_bytes", .gauge, "The size of the store's files.")
        for (name, suffix) in [("database", ""), ("wal", "-wal")] {
            if let size = FileSize.of(path + suffix) { page.sample(.integer(size), ["file": name]) }
        }
        if let free = FileSize.free(at: path) {
            page.only(
                "paitify_store_free_bytes", .gauge, "Room that is left where the store's files are.", .integer(free))
        }
    }
}
