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
        SELECT idempotency_key, fingerprint, request_id, outcome FROM idempotency_keys
        WHERE company_id = $1 AND environment = $2 AND idempotency_key IN ($3, $4) AND created_at > $5
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
    // JSON of an outcome begins with a brace, base64 never does.
    private static let sealedOutcomes = Statement(
        """
        SELECT company_id, environment, idempotency_key, outcome FROM idempotency_keys
        WHERE outcome NOT LIKE '{%' ORDER BY company_id, environment, idempotency_key
        """)
    private static let reseal = Statement(
        """
        UPDATE idempotency_keys SET outcome = $1
        WHERE company_id = $2 AND environment = $3 AND idempotency_key = $4
        """)
    private static let drop = Statement(
        "DELETE FROM idempotency_keys WHERE company_id = $1 AND environment = $2 AND idempotency_key = $3")
    // A thousand at a time, oldest first: others wait meanwhile.
    private static let purge = Statement(
        """
        DELETE FROM idempotency_keys WHERE company_id = $1 AND created_at <= (
            SELECT MAX(created_at) FROM (
                SELECT created_at FROM idempotency_keys WHERE company_id = $1 AND created_at <= $2
                ORDER BY created_at LIMIT \(purgedAtOnce)
            ) AS oldest) RETURNING created_at
        """)
    private static let purgedAtOnce = 1000

    /// As what the key of whoever asks is kept: what is bound to an agent takes no key of another's. A key has no space.
    static func name(_ key: IdempotencyKey, in books: Books) -> String {
        books.boundTo.map { "\($0.text) \(key.text)" } ?? key.text
    }

    /// What the key was first answered with. `company`: where an agent asks that has not used it, what an unbound key's
    /// request was answered with, or its own before agents' were kept apart.
    static func find(
        _ key: IdempotencyKey, in books: Books
    ) throws(StorageError) -> (own: Record?, company: Record?) {
        let name = name(key, in: books)
        let rows = try books.rows(of: .answer(key, for: books.boundTo), or: findQuestion(key, in: books))
        let found = try rows.map { (row) throws(StorageError) -> (name: String, record: Record) in
            (
                name: try row.text(0),
                record: Record(fingerprint: try row.blob(1), requestID: try row.text(2), outcome: try row.text(3))
            )
        }
        return (found.first { $0.name == name }?.record, found.first { $0.name != name }?.record)
    }

    static func findQuestion(_ key: IdempotencyKey, in books: Books) -> Question {
        Question(
            find,
            [
                SQLValue(books.companyID), .text(books.environment.rawValue), .text(name(key, in: books)),
                .text(key.text), SQLValue(books.now.adding(seconds: -OnceOnly.retentionSeconds)),
            ])
    }

    /// `outcome`: JSON, sealed where it holds a secret.
    static func write(_ once: OnceOnly, outcome: String, in books: Books) throws(StorageError) {
        books.forgetAnswers(to: once.key)
        try books.tx.execute(
            write,
            [
                SQLValue(books.companyID), .text(books.environment.rawValue), .text(name(once.key, in: books)),
                .blob(once.fingerprint), .text(once.requestID), .text(outcome), SQLValue(books.now),
            ])
    }

    /// An outcome that holds a secret, and whose it is.
    struct Sealed: Sendable {
        let company: CompanyID
        let environment: Environment
        /// As it is kept.
        let name: String
        let outcome: String
    }

    /// Every company's.
    static func sealedOutcomes(in tx: any StoreTransaction) throws(StorageError) -> [Sealed] {
        try tx.execute(sealedOutcomes, []).map { (row) throws(StorageError) in
            Sealed(
                company: try row.id(0), environment: try row.choice(1), name: try row.text(2),
                outcome: try row.text(3))
        }
    }

    static func reseal(_ sealed: Sealed, as outcome: String, in tx: any StoreTransaction) throws(StorageError) {
        try tx.execute(
            reseal,
            [
                .text(outcome), SQLValue(sealed.company), .text(sealed.environment.rawValue), .text(sealed.name),
            ])
    }

    /// Its request is done anew if it comes again.
    static func drop(_ sealed: Sealed, in tx: any StoreTransaction) throws(StorageError) {
        try tx.execute(drop, [SQLValue(sealed.company), .text(sealed.environment.rawValue), .text(sealed.name)])
    }

    /// Drops the oldest whose time is over. True where there may be more.
    static func purge(in books: Books) throws(StorageError) -> Bool {
        let dropped = try books.tx.execute(
            purge, [SQLValue(books.companyID), SQLValue(books.now.adding(seconds: -OnceOnly.retentionSeconds))])
        return dropped.count >= purgedAtOnce
    }
}
