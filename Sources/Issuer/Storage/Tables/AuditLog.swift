/// The audit log: a chain of entries for each company, and where each chain ends.
enum AuditLog {
    /// The last entry of a chain.
    struct Head: Sendable, Equatable {
        let sequence: Int64
        let hash: String
    }

    private static let insert = Statement(
        """
        INSERT INTO audit_log (company_id, sequence, written_at, environment, actor, request_id, action, object,
            before_json, after_json, previous_hash, hash)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """)
    private static let head = Statement("SELECT sequence, hash FROM audit_heads WHERE company_id = $1")
    private static let setHead = Statement(
        """
        INSERT INTO audit_heads (company_id, sequence, hash) VALUES ($1, $2, $3)
        ON CONFLICT (company_id) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash
        """)
    private static let select =
        """
        SELECT company_id, sequence, written_at, environment, actor, request_id, action, object, before_json,
            after_json, previous_hash, hash
        FROM audit_log
        """
    // The newest so many, and of those the ones that are wanted: what is rare must not make it read them all. They are looked at
    // without what was before and after, which can be a thousand times as long.
    private static let ofAll = "(CAST($3 AS TEXT) IS NULL OR object = $3)"
    private static let pageOfAll = page(ofAll)
    private static let pageOfObject = page("object = $3")
    private static let lastOfAll = lastLookedAt(ofAll)
    private static let lastOfObject = lastLookedAt("object = $3")

    // A live key sees the company's test entries too; a test key sees no other.
    private static func page(_ condition: String) -> Statement {
        Statement(
            """
            \(select)
            WHERE company_id = $1 AND sequence IN (
                SELECT sequence FROM (
                    SELECT sequence, environment, actor, action FROM audit_log
                    WHERE company_id = $1 AND sequence < $2 AND \(condition) ORDER BY sequence DESC LIMIT $4
                ) AS looked_at
                WHERE environment IN ($5, 'test')
                    AND (CAST($6 AS TEXT) IS NULL OR actor = $6) AND (CAST($7 AS TEXT) IS NULL OR action = $7)
                ORDER BY sequence DESC LIMIT $8)
            ORDER BY sequence DESC
            """)
    }

    private static func lastLookedAt(_ condition: String) -> Statement {
        Statement(
            """
            SELECT COUNT(*), MIN(sequence) FROM (
                SELECT sequence FROM audit_log
                WHERE company_id = $1 AND sequence < $2 AND \(condition) ORDER BY sequence DESC LIMIT $4
            ) AS looked_at
            """)
    }

    private static let stretch = Statement(
        "\(select) WHERE company_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3")
    private static let chains = Statement(
        """
        SELECT company_id FROM audit_heads UNION SELECT DISTINCT company_id FROM audit_log ORDER BY company_id
        """)

    static func append(_ sealed: SealedAuditEntry, in tx: any StoreTransaction) throws(StorageError) {
        let entry = sealed.entry
        try tx.execute(
            insert,
            [
                SQLValue(entry.companyID), .integer(entry.sequence), SQLValue(entry.at),
                .text(entry.environment.rawValue), .text(entry.actor), SQLValue(entry.requestID), .text(entry.action),
                .text(entry.object), SQLValue(entry.before), SQLValue(entry.after), SQLValue(entry.previousHash),
                .text(sealed.hash),
            ])
        try tx.execute(setHead, [SQLValue(entry.companyID), .integer(entry.sequence), .text(sealed.hash)])
    }

    /// Nil for a chain without entries.
    static func head(of company: CompanyID, in tx: any StoreTransaction) throws(StorageError) -> Head? {
        try tx.execute(head, [SQLValue(company)]).first.map { (row) throws(StorageError) in
            Head(sequence: try row.integer(0), hash: try row.text(1))
        }
    }

    /// One more than a page has of those that match the filter, newest first, where there is one; the page's cursor is a
    /// sequence. And where to go on: nil where the rest has been looked through, or the page is full. `lookAtMost` are looked
    /// through at most.
    static func page(
        _ page: Page, _ filter: AuditFilter, lookAtMost: Int64, in books: Books
    ) throws(StorageError) -> (found: [SealedAuditEntry], last: Int64?) {
        let range = [
            SQLValue(books.companyID), .integer(page.after.flatMap { Int64($0) } ?? .max), SQLValue(filter.object),
            .integer(lookAtMost),
        ]
        let found = try books.tx.execute(
            filter.object == nil ? pageOfAll : pageOfObject,
            range + [
                .text(books.environment.rawValue), SQLValue(filter.actor), SQLValue(filter.action?.rawValue),
                .integer(page.fetchLimit),
            ]
        ).map(entry)
        if Int64(found.count) == page.fetchLimit { return (found, nil) }
        let last = try books.tx.execute(filter.object == nil ? lastOfAll : lastOfObject, range).first
        guard let last, try last.integer(0) == lookAtMost else { return (found, nil) }
        return (found, try last.integer(1))
    }

    /// The chain's entries that come after `sequence`, oldest first.
    static func stretch(
        of company: CompanyID, after sequence: Int64, limit: Int64, in tx: any StoreTransaction
    ) throws(StorageError) -> [SealedAuditEntry] {
        try tx.execute(stretch, [SQLValue(company), .integer(sequence), .integer(limit)]).map(entry)
    }

    /// Everybody who has a chain.
    static func chains(in tx: any StoreTransaction) throws(StorageError) -> [CompanyID] {
        try tx.execute(chains, []).map { (row) throws(StorageError) in try row.id(0) }
    }

    private static func entry(_ row: Row) throws(StorageError) -> SealedAuditEntry {
        SealedAuditEntry(
            entry: AuditEntry(
                companyID: try row.id(0), sequence: try row.integer(1), at: try row.instant(2),
                environment: try row.choice(3), actor: try row.text(4), requestID: try row.optionalText(5),
                action: try row.text(6), object: try row.text(7), before: try row.optionalText(8),
                after: try row.optionalText(9), previousHash: try row.optionalText(10)),
            hash: try row.text(11))
    }
}
