/// The people who sign in. They belong to no company: one may be a member of several.
enum Users {
    /// A person with what only signing in may see.
    struct Record: Sendable {
        let user: User
        /// bcrypt; nil for who signs in with an identity provider.
        let passwordHash: String?
        /// Raised when every session of theirs is to end.
        let credentialsVersion: Int64
        let lastCompanyID: CompanyID?
    }

    private static let insert = Statement(
        """
        INSERT INTO users (user_id, email, label, password_hash, credentials_version, created_at)
        VALUES ($1, $2, $3, $4, 0, $5)
        """)
    private static let select =
        """
        SELECT user_id, email, label, password_hash, credentials_version, last_company_id, created_at FROM users
        """
    private static let find = Statement("\(select) WHERE user_id = $1")
    private static let findEmail = Statement("\(select) WHERE email = $1")
    private static let setPassword = Statement(
        """
        UPDATE users SET password_hash = $1, credentials_version = credentials_version + $2
        WHERE user_id = $3 AND credentials_version = $4 RETURNING credentials_version
        """)
    private static let setLastCompany = Statement("UPDATE users SET last_company_id = $1 WHERE user_id = $2")
    private static let insertCompany = Statement(
        "INSERT INTO user_companies (user_id, company_id) VALUES ($1, $2) ON CONFLICT (user_id, company_id) DO NOTHING")
    private static let deleteCompany = Statement("DELETE FROM user_companies WHERE user_id = $1 AND company_id = $2")
    private static let companies = Statement(
        "SELECT company_id FROM user_companies WHERE user_id = $1 ORDER BY company_id LIMIT 100")

    static func insert(_ user: User, passwordHash: String?, in tx: any StoreTransaction) throws(StorageError) {
        try tx.execute(
            insert,
            [
                SQLValue(user.id), SQLValue(user.email?.text), .text(user.label), SQLValue(passwordHash),
                SQLValue(user.createdAt),
            ])
    }

    static func find(_ id: UserID, in tx: any StoreTransaction) throws(StorageError) -> Record? {
        try tx.execute(find, [SQLValue(id)]).first.map(record)
    }

    static func find(_ email: EmailAddress, in tx: any StoreTransaction) throws(StorageError) -> Record? {
        try tx.execute(findEmail, [.text(email.text)]).first.map(record)
    }

    /// Nil when somebody changed it since `version` was read. `endingSessions`: no session that there was holds any more.
    static func setPassword(
        _ hash: String, of id: UserID, ifStill version: Int64, endingSessions: Bool, in tx: any StoreTransaction
    ) throws(StorageError) -> Int64? {
        try tx.execute(
            setPassword, [.text(hash), .integer(endingSessions ? 1 : 0), SQLValue(id), .integer(version)]
        ).first.map { (row) throws(StorageError) in try row.integer(0) }
    }

    static func setLastCompany(
        _ company: CompanyID, of id: UserID, in tx: any StoreTransaction
    ) throws(StorageError) {
        try tx.execute(setLastCompany, [SQLValue(company), SQLValue(id)])
    }

    static func add(_ company: CompanyID, to id: UserID, in tx: any StoreTransaction) throws(StorageError) {
        try tx.execute(insertCompany, [SQLValue(id), SQLValue(company)])
    }

    static func remove(_ company: CompanyID, from id: UserID, in tx: any StoreTransaction) throws(StorageError) {
        try tx.execute(deleteCompany, [SQLValue(id), SQLValue(company)])
    }

    /// Where they may be a member: `Memberships` has the last word.
    static func companies(of id: UserID, in tx: any StoreTransaction) throws(StorageError) -> [CompanyID] {
        try tx.execute(companies, [SQLValue(id)]).map { (row) throws(StorageError) in try row.id(0) }
    }

    private static func record(_ row: Row) throws(StorageError) -> Record {
        Record(
            user: User(
                id: try row.id(0), email: try row.optionalChecked(1), label: try row.text(2),
                createdAt: try row.instant(6)),
            passwordHash: try row.optionalText(3), credentialsVersion: try row.integer(4),
            lastCompanyID: try row.optionalID(5))
    }
}
