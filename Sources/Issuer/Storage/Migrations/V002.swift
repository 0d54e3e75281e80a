/// Rolling limits, and what each decision was made under.
enum V002 {
    static let statements: [Statement] = [
        // What one agent has spent in a stretch of time: opens its counters without reading the whole company's spends.
        Statement(
            """
            CREATE INDEX authorizations_counted_by_agent
            ON authorizations (company_id, environment, currency, agent_id, authorized_at) WHERE authorized_at IS NOT NULL
            """),
        // From when on nobody needs the counter; null for that of all time, which stays.
        Statement("ALTER TABLE counters ADD COLUMN drop_at BIGINT"),
        Statement("ALTER TABLE authorizations ADD COLUMN evidence TEXT"),
        // What a request was held under, once it was decided again.
        Statement("ALTER TABLE authorizations ADD COLUMN held_evidence TEXT"),
        Statement("CREATE INDEX counters_to_drop ON counters (company_id, drop_at) WHERE drop_at IS NOT NULL"),
    ]
}
