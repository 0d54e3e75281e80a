/// Counters of calendar periods that are over are dropped, as those of rolling windows are.
enum V007 {
    static let statements: [Statement] = [
        Statement(
            """
            UPDATE counters SET drop_at = period_end + 604800000
            WHERE drop_at IS NULL AND period_end < \(Period.allTime.end.milliseconds)
            """)
    ]
}
