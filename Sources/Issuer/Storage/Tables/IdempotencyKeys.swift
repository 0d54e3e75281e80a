/// What each idempotency key was first answered with.
enum IdempotencyKeys {
    struct Record: Sendable {
        let fingerprint: [UInt8]
        let requestID: String
        /// JSON of the outcome, sealed where it holds a secret.
        let outcome: String
    }

    private static let find = Statement(
        """
        SELECT fingerprint, request_id, outcome FROM idempotency_keys
        WHERE company_id = $1 AND environment = $2 AND idempotency_key = $3 AND created_at > $4
        """)
    // A key that lapsed but was not purged yet is free again.
    private static let write = Statement(
        """
        INSERT INTO idempotency_keys (
            company_id, environment, idempotency_key, fingerprint, request_id, outcome, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (company_id, environment, idempotency_key) DO UPDATE SET fingerprint = excluded.fingerprint,
            request_id = excluded.request_id, outcome = excluded.outcome, created_at = excluded.created_at
        """)
    private static let purge = Statement("DELETE FROM idempotency_keys WHERE company_id = $1 AND created_at <= $2")

    static func find(_ key: IdempotencyKey, in books: Books) throws(StorageError) -> Record? {
        try books.tx.execute(
            find,
            [
                SQLValue(books.companyID), .text(books.environment.rawValue), .text(key.text),
                SQLValue(books.now.adding(seconds: -OnceOnly.retentionSeconds)),
            ]
        ).first.map { (row) throws(StorageError) in
            Record(fingerprint: try row.blob(0), requestID: try row.text(1), outcome: try row.text(2))
        }
    }

    static func write(_ key: IdempotencyKey, _ record: Record, in books: Books) throws(StorageError) {
        try books.tx.execute(
            write,
            [
                SQLValue(books.companyID), .text(books.environment.rawValue), .text(key.text),
                .blob(record.fingerprint), .text(record.requestID), .text(record.outcome), SQLValue(books.now),
            ])
    }

    static func purge(in books: Books) throws(StorageError) {
        try books.tx.execute(
            purge, [SQLValue(books.companyID), SQLValue(books.now.adding(seconds: -OnceOnly.retentionSeconds))])
    }
}
