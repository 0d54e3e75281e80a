/// The audit log, the issuer's own books, and the tags that tell wrong API keys without bcrypt.
enum V003 {
    static let statements: [Statement] =
        [
            // What belongs to no company is kept under a name of its own, see `CompanyID.issuer`.
            Statement(
                """
                INSERT INTO companies (company_id, name, revision, policy_version, key_version, created_at)
                VALUES ('co_00000000000000000000000000', 'The issuer itself', 0, 0, 0, 0)
                """),
            // Null on keys that were made before; they get one when they are next verified.
            Statement("ALTER TABLE api_key_prefixes ADD COLUMN tag BLOB"),
        ] + AuditLog.schema
}
