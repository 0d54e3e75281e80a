/// The audit log: a chain of entries for each company, and where each chain ends.
enum AuditLog {
    static let schema: [Statement] = [
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
    // A live key sees the company's test entries too; a test key sees no other.
    private static let page = Statement(
        """
        \(select)
        WHERE company_id = $1 AND environment IN ($2, 'test') AND sequence < $3
            AND (CAST($4 AS TEXT) IS NULL OR actor = $4) AND (CAST($5 AS TEXT) IS NULL OR action = $5)
        ORDER BY sequence DESC LIMIT $6
        """)
    private static let pageOfObject = Statement(
        """
        \(select)
        WHERE company_id = $1 AND object = $2 AND environment IN ($3, 'test') AND sequence < $4
            AND (CAST($5 AS TEXT) IS NULL OR actor = $5) AND (CAST($6 AS TEXT) IS NULL OR action = $6)
        ORDER BY sequence DESC LIMIT $7
        """)
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

    /// Newest first; the page's cursor is a sequence.
    static func page(_ page: Page, _ filter: AuditFilter, in books: Books) throws(StorageError) -> [SealedAuditEntry] {
        let before = SQLValue.integer(page.after.flatMap { Int64($0) } ?? Int64.max)
        let environment = SQLValue.text(books.environment.rawValue)
        let rest = [before, SQLValue(filter.actor), SQLValue(filter.action?.rawValue), .integer(page.fetchLimit)]
        let rows =
            if let object = filter.object {
                try books.tx.execute(pageOfObject, [SQLValue(books.companyID), .text(object), environment] + rest)
            } else {
                try books.tx.execute(Self.page, [SQLValue(books.companyID), environment] + rest)
            }
        return try rows.map(entry)
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
