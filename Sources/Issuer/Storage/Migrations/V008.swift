/// A counter over a long past is opened in steps.
enum V008 {
    static let statements: [Statement] = [
        // Where the period begins of a counter that does not reach back to there yet; null once it is whole.
        Statement("ALTER TABLE counters ADD COLUMN opening_to BIGINT")
    ]
}
