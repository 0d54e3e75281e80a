/// Who is a member of each company, and as what.
enum Memberships {
    private static let insert = Statement(
        "INSERT INTO memberships (company_id, user_id, role, joined_at) VALUES ($1, $2, $3, $4)")
    private static let role = Statement("SELECT role FROM memberships WHERE company_id = $1 AND user_id = $2")
    private static let standing = Statement(
        "SELECT role, provider FROM memberships WHERE company_id = $1 AND user_id = $2")
    private static let elsewhere = Statement(
        """
        SELECT m.company_id, c.name, m.role FROM user_companies u
        JOIN memberships m ON m.company_id = u.company_id AND m.user_id = u.user_id
        JOIN companies c ON c.company_id = m.company_id
        WHERE u.user_id = $1 AND u.company_id <> $2 AND m.provider IS NULL ORDER BY c.name, m.company_id LIMIT 100
        """)
    private static let setProvider = Statement(
        "UPDATE memberships SET provider = $1 WHERE company_id = $2 AND user_id = $3")
    private static let setRole = Statement("UPDATE memberships SET role = $1 WHERE company_id = $2 AND user_id = $3")
    private static let delete = Statement("DELETE FROM memberships WHERE company_id = $1 AND user_id = $2")
    private static let owners = Statement(
        "SELECT count(*) FROM memberships WHERE company_id = $1 AND role = 'owner'")
    private static let count = Statement("SELECT count(*) FROM memberships WHERE company_id = $1")
    private static let touch = Statement(
        """
        UPDATE memberships SET last_seen_at = $1
        WHERE company_id = $2 AND user_id = $3 AND (last_seen_at IS NULL OR last_seen_at < $1)
        """)
    private static let list = Statement(
        """
        SELECT m.user_id, u.email, u.label, u.created_at, m.role, m.joined_at, m.last_seen_at
        FROM memberships m JOIN users u ON u.user_id = m.user_id
        WHERE m.company_id = $1 ORDER BY m.joined_at, m.user_id
        """)

    /// More would be a directory of another kind.
    static let countMax: Int64 = 1000

    static func insert(_ user: UserID, _ role: Role, in books: Books) throws(StorageError) {
        try books.tx.execute(
            insert, [SQLValue(books.companyID), SQLValue(user), .text(role.rawValue), SQLValue(books.now)])
    }

    /// Nil for who is no member.
    static func role(of user: UserID, in company: CompanyID, _ tx: any StoreTransaction) throws(StorageError) -> Role? {
        try tx.execute(role, [SQLValue(company), SQLValue(user)]).first.map { (row) throws(StorageError) in
            try row.choice(0)
        }
    }

    /// What a member may do, and the identity provider that says so; nil: nobody but the owners.
    struct Standing: Sendable, Equatable {
        let role: Role
        let provider: String?
    }

    /// Nil for who is no member.
    static func standing(
        of user: UserID, in company: CompanyID, _ tx: any StoreTransaction
    ) throws(StorageError) -> Standing? {
        try tx.execute(standing, [SQLValue(company), SQLValue(user)]).first.map { (row) throws(StorageError) in
            Standing(role: try row.choice(0), provider: try row.optionalText(1))
        }
    }

    /// The other companies that somebody is a member of by nobody's word but its owners'.
    static func elsewhere(
        of user: UserID, than company: CompanyID, in tx: any StoreTransaction
    ) throws(StorageError) -> [Membership] {
        try tx.execute(elsewhere, [SQLValue(user), SQLValue(company)]).map { (row) throws(StorageError) in
            Membership(companyID: try row.id(0), companyName: try row.checked(1), role: try row.choice(2))
        }
    }

    static func setProvider(_ provider: String, of user: UserID, in books: Books) throws(StorageError) {
        try books.tx.execute(setProvider, [.text(provider), SQLValue(books.companyID), SQLValue(user)])
    }

    static func setRole(_ role: Role, of user: UserID, in books: Books) throws(StorageError) {
        try books.tx.execute(setRole, [.text(role.rawValue), SQLValue(books.companyID), SQLValue(user)])
    }

    static func delete(_ user: UserID, in books: Books) throws(StorageError) {
        try books.tx.execute(delete, [SQLValue(books.companyID), SQLValue(user)])
    }

    static func ownerCount(in books: Books) throws(StorageError) -> Int64 {
        try books.tx.number(owners, [SQLValue(books.companyID)])
    }

    static func count(in books: Books) throws(StorageError) -> Int64 {
        try books.tx.number(count, [SQLValue(books.companyID)])
    }

    static func touch(
        _ user: UserID, of company: CompanyID, at now: Instant, in tx: any StoreTransaction
    ) throws(StorageError) {
        try tx.execute(touch, [SQLValue(now), SQLValue(company), SQLValue(user)])
    }

    /// Whoever joined first comes first.
    static func list(in books: Books) throws(StorageError) -> [Member] {
        try books.tx.execute(list, [SQLValue(books.companyID)]).map { (row) throws(StorageError) in
            Member(
                user: User(
                    id: try row.id(0), email: try row.optionalChecked(1), label: try row.text(2),
                    createdAt: try row.instant(3)),
                role: try row.choice(4), joinedAt: try row.instant(5), lastSeenAt: try row.optionalInstant(6))
        }
    }
}
