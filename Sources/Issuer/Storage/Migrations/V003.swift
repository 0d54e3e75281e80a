/// The audit log, the issuer's own books, and the tags that tell wrong API keys without bcrypt.
enum V003 {
    static let statements: [Statement] = [
        // What belongs to no company is kept under a name of its own, see `CompanyID.issuer`.
        Statement(
            """
            INSERT INTO companies (company_id, name, revision, policy_version, key_version, created_at)
            VALUES ('co_00000000000000000000000000', 'The issuer itself', 0, 0, 0, 0)
            """),
        // Null on keys that were made before; they get one when they are next verified.
        Statement("ALTER TABLE api_key_prefixes ADD COLUMN tag BLOB"),
        Statement(
            """
            CREATE TABLE audit_log (
                company_id TEXT NOT NULL REFERENCES companies,
                sequence BIGINT NOT NULL CHECK (sequence >= 1),
                written_at BIGINT NOT NULL,
                environment TEXT NOT NULL CHECK (environment IN ('live', 'test')),
                actor TEXT NOT NULL,
                request_id TEXT,
                action TEXT NOT NULL,
                object TEXT NOT NULL,
                before_json TEXT,
                after_json TEXT,
                previous_hash TEXT CHECK (length(previous_hash) = 64),
                hash TEXT NOT NULL CHECK (length(hash) = 64),
                PRIMARY KEY (company_id, sequence),
                CHECK ((sequence = 1) = (previous_hash IS NULL))
            )
            """),
        // One thing's history.
        Statement("CREATE INDEX audit_log_by_object ON audit_log (company_id, object, sequence)"),
        // Without it, a chain whose end was cut off would look whole.
        Statement(
            """
            CREATE TABLE audit_heads (
                company_id TEXT PRIMARY KEY REFERENCES companies,
                sequence BIGINT NOT NULL,
                hash TEXT NOT NULL
            )
            """),
    ]
}
