/// An authorization's agent is looked for by the decision itself.
enum V010 {
    static let statements: [Statement] = [
        // An agent's row is never removed, and every decision has read its agent's row in its own transaction, under the company's lock.
        // PostgreSQL looks for it a second time with each row and locks it: a third of what the row costs. SQLite does so
        // in no time, and has no way to stop it.
        Statement(
            "ALTER TABLE authorizations DROP CONSTRAINT IF EXISTS authorizations_company_id_agent_id_fkey",
            .isOfPostgreSQL)
    ]
}
