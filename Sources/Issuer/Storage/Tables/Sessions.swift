/// Where people are signed in. A row that is gone is a session that is over.
enum Sessions {
    struct Record: Sendable {
        let session: Session
        let credentialsVersion: Int64
    }

    /// Somebody's oldest sessions make room.
    static let perMemberMax: Int64 = 50

    private static let insert = Statement(
        """
        INSERT INTO sessions (company_id, session_id, digest, user_id, environment, credentials_version, created_at,
            last_seen_at, expires_at, user_agent)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """)
    private static let select =
        """
        SELECT session_id, user_id, environment, created_at, last_seen_at, expires_at, user_agent, credentials_version
        FROM sessions
        """
    private static let find = Statement("\(select) WHERE company_id = $1 AND digest = $2")
    private static let findID = Statement("\(select) WHERE company_id = $1 AND session_id = $2")
    private static let list = Statement(
        "\(select) WHERE company_id = $1 AND user_id = $2 ORDER BY session_id DESC LIMIT $3")
    private static let delete = Statement(
        "DELETE FROM sessions WHERE company_id = $1 AND session_id = $2 RETURNING user_id")
    private static let deleteAll = Statement(
        "DELETE FROM sessions WHERE company_id = $1 AND user_id = $2 AND session_id <> $3")
    private static let trim = Statement(
        """
        DELETE FROM sessions WHERE company_id = $1 AND user_id = $2 AND session_id <= (
            SELECT session_id FROM sessions WHERE company_id = $1 AND user_id = $2
            ORDER BY session_id DESC LIMIT 1 OFFSET $3)
        """)
    private static let touch = Statement(
        "UPDATE sessions SET last_seen_at = $1 WHERE company_id = $2 AND session_id = $3 AND last_seen_at < $1")
    private static let setEnvironment = Statement(
        "UPDATE sessions SET environment = $1 WHERE company_id = $2 AND session_id = $3")
    private static let purge = Statement(
        "DELETE FROM sessions WHERE company_id = $1 AND (expires_at <= $2 OR last_seen_at <= $3)")

    private static let deleteEvery = Statement("DELETE FROM sessions RETURNING session_id")

    static func insert(
        _ session: Session, digest: [UInt8], credentialsVersion: Int64, in books: Books
    ) throws(StorageError) {
        try books.tx.execute(
            insert,
            [
                SQLValue(books.companyID), SQLValue(session.id), .blob(digest), SQLValue(session.userID),
                .text(session.environment.rawValue), .integer(credentialsVersion), SQLValue(session.createdAt),
                SQLValue(session.lastSeenAt), SQLValue(session.expiresAt), .text(session.userAgent),
            ])
        try books.tx.execute(
            trim, [SQLValue(books.companyID), SQLValue(session.userID), .integer(perMemberMax)])
    }

    static func find(
        digest: [UInt8], of company: CompanyID, in tx: any StoreTransaction
    ) throws(StorageError) -> Record? {
        try tx.execute(find, [SQLValue(company), .blob(digest)]).first.map(record)
    }

    static func find(
        _ id: SessionID, of company: CompanyID, in tx: any StoreTransaction
    ) throws(StorageError) -> Record? {
        try tx.execute(findID, [SQLValue(company), SQLValue(id)]).first.map(record)
    }

    /// Newest first.
    static func list(of user: UserID, in books: Books) throws(StorageError) -> [Session] {
        try books.tx.execute(list, [SQLValue(books.companyID), SQLValue(user), .integer(perMemberMax)])
            .map { (row) throws(StorageError) in try record(row).session }
    }

    /// Whose it was; nil when there was none.
    static func delete(_ id: SessionID, in books: Books) throws(StorageError) -> UserID? {
        try books.tx.execute(delete, [SQLValue(books.companyID), SQLValue(id)]).first
            .map { (row) throws(StorageError) in try row.id(0) }
    }

    /// Ends a member's sessions, all or all but one.
    static func deleteAll(
        of user: UserID, but kept: SessionID? = nil, in books: Books
    ) throws(StorageError) {
        try books.tx.execute(deleteAll, [SQLValue(books.companyID), SQLValue(user), .text(kept?.text ?? "")])
    }

    static func touch(
        _ id: SessionID, of company: CompanyID, at now: Instant, in tx: any StoreTransaction
    ) throws(StorageError) {
        try tx.execute(touch, [SQLValue(now), SQLValue(company), SQLValue(id)])
    }

    static func setEnvironment(_ environment: Environment, of id: SessionID, in books: Books) throws(StorageError) {
        try books.tx.execute(
            setEnvironment, [.text(environment.rawValue), SQLValue(books.companyID), SQLValue(id)])
    }

    /// Drops what is over, by age or by idleness.
    static func purge(idleSeconds: Int64, in books: Books) throws(StorageError) {
        try books.tx.execute(
            purge,
            [SQLValue(books.companyID), SQLValue(books.now), SQLValue(books.now.adding(seconds: -idleSeconds))])
    }

    /// Every company's. Returns how many there were.
    static func deleteEvery(in tx: any StoreTransaction) throws(StorageError) -> Int {
        try tx.execute(deleteEvery, []).count
    }

    private static func record(_ row: Row) throws(StorageError) -> Record {
        Record(
            session: Session(
                id: try row.id(0), userID: try row.id(1), environment: try row.choice(2),
                createdAt: try row.instant(3), lastSeenAt: try row.instant(4), expiresAt: try row.instant(5),
                userAgent: try row.text(6)),
            credentialsVersion: try row.integer(7))
    }
}
