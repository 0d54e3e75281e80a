/// Which person, and which company, an identity provider means by what it calls them.
enum Identities {
    private static let findUser = Statement(
        "SELECT user_id FROM user_identities WHERE provider = $1 AND subject = $2")
    private static let insertUser = Statement(
        "INSERT INTO user_identities (provider, subject, user_id) VALUES ($1, $2, $3)")
    private static let providers = Statement(
        "SELECT provider FROM user_identities WHERE user_id = $1 ORDER BY provider")
    private static let deleteUser = Statement(
        "DELETE FROM user_identities WHERE user_id = $1 AND provider = $2 RETURNING subject")
    private static let findCompany = Statement(
        "SELECT company_id FROM company_identities WHERE provider = $1 AND subject = $2")
    private static let insertCompany = Statement(
        "INSERT INTO company_identities (provider, subject, company_id) VALUES ($1, $2, $3)")

    static func user(
        _ subject: String, at provider: String, in tx: any StoreTransaction
    ) throws(StorageError) -> UserID? {
        try tx.execute(findUser, [.text(provider), .text(subject)]).first.map { (row) throws(StorageError) in
            try row.id(0)
        }
    }

    static func add(
        _ user: UserID, _ subject: String, at provider: String, in tx: any StoreTransaction
    ) throws(StorageError) {
        try tx.execute(insertUser, [.text(provider), .text(subject), SQLValue(user)])
    }

    /// The providers by which somebody signs in.
    static func providers(of user: UserID, in tx: any StoreTransaction) throws(StorageError) -> [String] {
        try tx.execute(providers, [SQLValue(user)]).map { (row) throws(StorageError) in try row.text(0) }
    }

    /// Whether there was one.
    static func remove(
        _ user: UserID, at provider: String, in tx: any StoreTransaction
    ) throws(StorageError) -> Bool {
        try !tx.execute(deleteUser, [SQLValue(user), .text(provider)]).isEmpty
    }

    static func company(
        _ subject: String, at provider: String, in tx: any StoreTransaction
    ) throws(StorageError) -> CompanyID? {
        try tx.execute(findCompany, [.text(provider), .text(subject)]).first.map { (row) throws(StorageError) in
            try row.id(0)
        }
    }

    static func add(
        _ company: CompanyID, _ subject: String, at provider: String, in tx: any StoreTransaction
    ) throws(StorageError) {
        try tx.execute(insertCompany, [.text(provider), .text(subject), SQLValue(company)])
    }
}
