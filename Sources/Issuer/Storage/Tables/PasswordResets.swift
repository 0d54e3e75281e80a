/// Links by which somebody who forgot their password sets another. A row that is gone is a link that opens nothing.
enum PasswordResets {
    struct Record: Sendable {
        let userID: UserID
        /// Nil: somebody at the issuer's machine.
        let createdBy: UserID?
        /// The person's when the link was made: once their password has changed, it opens nothing.
        let credentialsVersion: Int64
        let expiresAt: Instant
    }

    private static let insert = Statement(
        """
        INSERT INTO password_resets (company_id, user_id, digest, created_by, credentials_version, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (company_id, user_id) DO UPDATE SET digest = excluded.digest, created_by = excluded.created_by,
            credentials_version = excluded.credentials_version, created_at = excluded.created_at,
            expires_at = excluded.expires_at
        """)
    private static let find = Statement(
        """
        SELECT user_id, created_by, credentials_version, expires_at FROM password_resets
        WHERE company_id = $1 AND digest = $2 AND expires_at > $3
        """)
    private static let delete = Statement("DELETE FROM password_resets WHERE company_id = $1 AND user_id = $2")
    private static let purge = Statement("DELETE FROM password_resets WHERE company_id = $1 AND expires_at <= $2")
    private static let deleteEvery = Statement("DELETE FROM password_resets RETURNING user_id")

    static func insert(_ record: Record, digest: [UInt8], in books: Books) throws(StorageError) {
        try books.tx.execute(
            insert,
            [
                SQLValue(books.companyID), SQLValue(record.userID), .blob(digest), SQLValue(record.createdBy?.text),
                .integer(record.credentialsVersion), SQLValue(books.now), SQLValue(record.expiresAt),
            ])
    }

    /// Nil too for one that is too old.
    static func find(
        digest: [UInt8], of company: CompanyID, at now: Instant, in tx: any StoreTransaction
    ) throws(StorageError) -> Record? {
        try tx.execute(find, [SQLValue(company), .blob(digest), SQLValue(now)]).first
            .map { (row) throws(StorageError) in
                Record(
                    userID: try row.id(0), createdBy: try row.optionalID(1),
                    credentialsVersion: try row.integer(2), expiresAt: try row.instant(3))
            }
    }

    static func delete(of user: UserID, in books: Books) throws(StorageError) {
        try books.tx.execute(delete, [SQLValue(books.companyID), SQLValue(user)])
    }

    static func purge(in books: Books) throws(StorageError) {
        try books.tx.execute(purge, [SQLValue(books.companyID), SQLValue(books.now)])
    }

    /// Every company's. Returns how many there were.
    static func deleteEvery(in tx: any StoreTransaction) throws(StorageError) -> Int {
        try tx.execute(deleteEvery, []).count
    }
}
