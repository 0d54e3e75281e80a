extension Page {
    /// One more than asked for tells whether there is a next page.
    var fetchLimit: Int64 { Int64(limit) + 1 }

    /// What identifiers must sort before. "~" sorts after every identifier.
    var before: SQLValue { .text(after ?? "~") }
}
