/// A list reads no more than it shows: not what is another environment's, nor what was deleted or revoked.
enum V009 {
    // Whoever has large books on PostgreSQL may have made them before, while it served.
    static let statements: [Statement] = [
        // One environment's, newest first. The condition holds of every row: a statement that says it means this index, and the
        // others keep theirs, which are of few rows.
        Statement(
            """
            CREATE INDEX IF NOT EXISTS authorizations_by_environment ON authorizations (company_id, environment, authorization_id)
            WHERE amount >= 1
            """),
        Statement(
            """
            CREATE INDEX IF NOT EXISTS policies_there ON policies (company_id, environment, policy_id) WHERE deleted_at IS NULL
            """),
        Statement(
            """
            CREATE INDEX IF NOT EXISTS agents_there ON agents (company_id, environment, agent_id) WHERE deleted_at IS NULL
            """),
        Statement(
            "CREATE INDEX IF NOT EXISTS api_keys_there ON api_keys (company_id, key_id) WHERE revoked_at IS NULL"),
    ]
}
