/// Which members an identity provider rules: they are such while it says so, and not by what was written down once.
enum V006 {
    static let statements: [Statement] = [
        Statement("ALTER TABLE memberships ADD COLUMN provider TEXT"),
        // Those that there were came by a token, where both the person and the company are the provider's.
        Statement(
            """
            UPDATE memberships SET provider = (
                SELECT min(c.provider) FROM company_identities c
                JOIN user_identities u ON u.provider = c.provider
                WHERE c.company_id = memberships.company_id AND u.user_id = memberships.user_id)
            """),
    ]
}
