/// Links by which somebody may join a company. A row that is gone is a link that opens nothing.
enum Invitations {
    static let openMax: Int64 = 100

    private static let insert = Statement(
        """
        INSERT INTO invitations (company_id, invitation_id, digest, role, note, created_by, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """)
    private static let columns = "invitation_id, role, note, created_by, created_at, expires_at"
    private static let find = Statement(
        "SELECT \(columns) FROM invitations WHERE company_id = $1 AND digest = $2 AND expires_at > $3")
    private static let list = Statement(
        """
        SELECT \(columns) FROM invitations WHERE company_id = $1 AND expires_at > $2
        ORDER BY invitation_id DESC LIMIT \(openMax)
        """)
    private static let count = Statement("SELECT count(*) FROM invitations WHERE company_id = $1")
    private static let delete = Statement(
        "DELETE FROM invitations WHERE company_id = $1 AND invitation_id = $2 RETURNING \(columns)")
    private static let deleteBy = Statement("DELETE FROM invitations WHERE company_id = $1 AND created_by = $2")
    private static let purge = Statement("DELETE FROM invitations WHERE company_id = $1 AND expires_at <= $2")

    private static let deleteEvery = Statement("DELETE FROM invitations RETURNING invitation_id")

    static func insert(_ invitation: Invitation, digest: [UInt8], in books: Books) throws(StorageError) {
        try books.tx.execute(
            insert,
            [
                SQLValue(books.companyID), SQLValue(invitation.id), .blob(digest), .text(invitation.role.rawValue),
                SQLValue(invitation.note?.text), .text(invitation.createdBy?.text ?? Author.command.actor),
                SQLValue(invitation.createdAt),
                SQLValue(invitation.expiresAt),
            ])
    }

    /// Nil too for one that is too old.
    static func find(
        digest: [UInt8], of company: CompanyID, at now: Instant, in tx: any StoreTransaction
    ) throws(StorageError) -> Invitation? {
        try tx.execute(find, [SQLValue(company), .blob(digest), SQLValue(now)]).first.map(invitation)
    }

    static func list(in books: Books) throws(StorageError) -> [Invitation] {
        try books.tx.execute(list, [SQLValue(books.companyID), SQLValue(books.now)]).map(invitation)
    }

    static func count(in books: Books) throws(StorageError) -> Int64 {
        try books.tx.number(count, [SQLValue(books.companyID)])
    }

    static func delete(_ id: InvitationID, in books: Books) throws(StorageError) -> Invitation? {
        try books.tx.execute(delete, [SQLValue(books.companyID), SQLValue(id)]).first.map(invitation)
    }

    /// Withdraws what somebody handed out who may hand out no more.
    static func deleteAll(by user: UserID, in books: Books) throws(StorageError) {
        try books.tx.execute(deleteBy, [SQLValue(books.companyID), SQLValue(user)])
    }

    static func purge(in books: Books) throws(StorageError) {
        try books.tx.execute(purge, [SQLValue(books.companyID), SQLValue(books.now)])
    }

    /// Every company's. Returns how many there were.
    static func deleteEvery(in tx: any StoreTransaction) throws(StorageError) -> Int {
        try tx.execute(deleteEvery, []).count
    }

    private static func invitation(_ row: Row) throws(StorageError) -> Invitation {
        Invitation(
            id: try row.id(0), role: try row.choice(1), note: try row.optionalChecked(2),
            createdBy: try row.text(3) == Author.command.actor ? nil : try row.id(3),
            createdAt: try row.instant(4), expiresAt: try row.instant(5))
    }
}
