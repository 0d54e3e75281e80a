/// A company says which processor its tokens are for where a request does not.
enum V011 {
    static let statements: [Statement] = [
        // Null: any processor.
        Statement("ALTER TABLE companies ADD COLUMN default_audience TEXT")
    ]
}
