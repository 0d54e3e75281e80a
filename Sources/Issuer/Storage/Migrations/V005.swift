/// A way back from a forgotten password, and which identity providers a person is linked to.
enum V005 {
    static let statements: [Statement] = [
        // One for each member: another one takes the place of the one before.
        Statement(
            """
            CREATE TABLE password_resets (
                company_id TEXT NOT NULL REFERENCES companies,
                user_id TEXT NOT NULL,
                digest BLOB NOT NULL CHECK (length(digest) = 32),
                created_by TEXT,
                credentials_version BIGINT NOT NULL,
                created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                PRIMARY KEY (company_id, user_id)
            )
            """),
        Statement("CREATE UNIQUE INDEX password_resets_by_digest ON password_resets (company_id, digest)"),
        // What somebody is called at each provider.
        Statement("CREATE INDEX user_identities_by_user ON user_identities (user_id, provider)"),
    ]
}
