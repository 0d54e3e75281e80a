/// People: who signs in, to which companies, and where they are signed in now.
enum V004 {
    static let statements: [Statement] = [
        Statement(
            """
            CREATE TABLE users (
                user_id TEXT PRIMARY KEY,
                email TEXT UNIQUE,
                label TEXT NOT NULL,
                password_hash TEXT CHECK (length(password_hash) = 60),
                credentials_version BIGINT NOT NULL,
                last_company_id TEXT,
                created_at BIGINT NOT NULL,
                CHECK (password_hash IS NULL OR email IS NOT NULL)
            )
            """),
        // Asked when somebody signs in, before their company is known.
        Statement(
            """
            CREATE TABLE user_companies (
                user_id TEXT NOT NULL,
                company_id TEXT NOT NULL,
                PRIMARY KEY (user_id, company_id)
            )
            """),
        Statement(
            """
            CREATE TABLE memberships (
                company_id TEXT NOT NULL REFERENCES companies,
                user_id TEXT NOT NULL,
                role TEXT NOT NULL CHECK (role IN ('viewer', 'approver', 'admin', 'owner')),
                joined_at BIGINT NOT NULL,
                last_seen_at BIGINT,
                PRIMARY KEY (company_id, user_id)
            )
            """),
        Statement(
            """
            CREATE TABLE sessions (
                company_id TEXT NOT NULL REFERENCES companies,
                session_id TEXT NOT NULL,
                digest BLOB NOT NULL CHECK (length(digest) = 32),
                user_id TEXT NOT NULL,
                environment TEXT NOT NULL CHECK (environment IN ('live', 'test')),
                credentials_version BIGINT NOT NULL,
                created_at BIGINT NOT NULL,
                last_seen_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                user_agent TEXT NOT NULL,
                PRIMARY KEY (company_id, session_id)
            )
            """),
        Statement("CREATE UNIQUE INDEX sessions_by_digest ON sessions (company_id, digest)"),
        Statement("CREATE INDEX sessions_by_user ON sessions (company_id, user_id, session_id)"),
        Statement(
            """
            CREATE TABLE invitations (
                company_id TEXT NOT NULL REFERENCES companies,
                invitation_id TEXT NOT NULL,
                digest BLOB NOT NULL CHECK (length(digest) = 32),
                role TEXT NOT NULL CHECK (role IN ('viewer', 'approver', 'admin', 'owner')),
                note TEXT,
                created_by TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                PRIMARY KEY (company_id, invitation_id)
            )
            """),
        Statement("CREATE UNIQUE INDEX invitations_by_digest ON invitations (company_id, digest)"),
        Statement(
            """
            CREATE TABLE user_identities (
                provider TEXT NOT NULL,
                subject TEXT NOT NULL,
                user_id TEXT NOT NULL,
                PRIMARY KEY (provider, subject)
            )
            """),
        Statement(
            """
            CREATE TABLE company_identities (
                provider TEXT NOT NULL,
                subject TEXT NOT NULL,
                company_id TEXT NOT NULL,
                PRIMARY KEY (provider, subject)
            )
            """),
    ]
}
