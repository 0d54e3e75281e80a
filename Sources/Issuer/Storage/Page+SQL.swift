extension Page {
    /// One more than asked for tells whether there is a next page.
    var fetchLimit: Int64 { Int64(limit) + 1 }

    /// Sorts after every identifier.
    static let pastEverything = "~"

    /// What identifiers must sort before.
    var before: SQLValue { .text(after ?? Self.pastEverything) }
}
