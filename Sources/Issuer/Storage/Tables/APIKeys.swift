/// The API keys of each company, and the directory that finds a key's company by the key's prefix.
enum APIKeys {
    /// A key with what only its verification may see.
    struct Record: Sendable {
        let key: APIKey
        /// bcrypt.
        let hash: String
        let revokedAt: Instant?
    }

    private static let insert = Statement(
        """
        INSERT INTO api_keys
            (company_id, key_id, environment, name, prefix, hash, scopes, agent_id, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """)
    private static let insertPrefix = Statement(
        "INSERT INTO api_key_prefixes (prefix, company_id, key_id, tag) VALUES ($1, $2, $3, $4)")
    private static let findPrefix = Statement("SELECT company_id, key_id, tag FROM api_key_prefixes WHERE prefix = $1")
    private static let setTag = Statement("UPDATE api_key_prefixes SET tag = $1 WHERE prefix = $2")
    private static let columns =
        "key_id, environment, name, prefix, scopes, agent_id, created_at, expires_at, last_used_at, hash, revoked_at"
    private static let select =
        """
        SELECT \(columns) FROM api_keys
        """
    private static let find = Statement("\(select) WHERE company_id = $1 AND key_id = $2")
    private static let usable = Statement(
        "SELECT key_id FROM api_keys WHERE company_id = $1 AND key_id = $2 AND revoked_at IS NULL")
    // A live key sees the company's test keys too; a test key sees no other.
    private static let page = Statement(
        """
        \(select)
        WHERE company_id = $1 AND environment IN ($2, 'test') AND revoked_at IS NULL AND key_id < $3
            AND (CAST($4 AS TEXT) IS NULL OR agent_id = $4)
        ORDER BY key_id DESC LIMIT $5
        """)
    private static let revoke = Statement(
        """
        UPDATE api_keys SET revoked_at = $1
        WHERE company_id = $2 AND key_id = $3 AND environment IN ($4, 'test') AND revoked_at IS NULL
        RETURNING \(columns)
        """)
    private static let touch = Statement(
        """
        UPDATE api_keys SET last_used_at = $1
        WHERE company_id = $2 AND key_id = $3 AND (last_used_at IS NULL OR last_used_at < $1)
        """)

    /// Records a key and makes it findable. `hash` is its bcrypt hash, `tag` that of the secret.
    static func insert(
        _ key: APIKey, hash: String, tag: [UInt8], of company: CompanyID, in tx: any StoreTransaction
    ) throws(StorageError) {
        try tx.execute(
            insert,
            [
                SQLValue(company), SQLValue(key.id), .text(key.environment.rawValue), .text(key.name.text),
                .text(key.prefix), .text(hash), SQLValue(json: Scope.allCases.filter(key.scopes.contains)),
                SQLValue(key.agentID), SQLValue(key.createdAt), SQLValue(key.expiresAt),
            ])
        try tx.execute(insertPrefix, [.text(key.prefix), SQLValue(company), SQLValue(key.id), .blob(tag)])
    }

    /// Whose key has a prefix.
    struct Owner: Sendable {
        let company: CompanyID
        let key: APIKeyID
        /// Nil for a key from before there were tags.
        let tag: [UInt8]?
    }

    /// Whose key has this prefix; revoked ones too.
    static func owner(ofPrefix prefix: String, in tx: any StoreTransaction) throws(StorageError) -> Owner? {
        try tx.execute(findPrefix, [.text(prefix)]).first.map { (row) throws(StorageError) in
            Owner(company: try row.id(0), key: try row.id(1), tag: try row.optionalBlob(2))
        }
    }

    static func setTag(_ tag: [UInt8], ofPrefix prefix: String, in tx: any StoreTransaction) throws(StorageError) {
        try tx.execute(setTag, [.blob(tag), .text(prefix)])
    }

    /// Revoked ones too.
    static func find(
        _ id: APIKeyID, of company: CompanyID, in tx: any StoreTransaction
    ) throws(StorageError) -> Record? {
        try tx.execute(find, [SQLValue(company), SQLValue(id)]).first.map(record)
    }

    /// Whether the key exists and was not revoked. When it expires, a principal knows itself.
    static func isUsable(
        _ id: APIKeyID, of company: CompanyID, in tx: any StoreTransaction
    ) throws(StorageError) -> Bool {
        try !tx.execute(usable, [SQLValue(company), SQLValue(id)]).isEmpty
    }

    /// Newest first, the revoked ones left out. `agent`: those alone that are bound to it.
    static func page(
        _ page: Page, of company: CompanyID, visibleFrom environment: Environment, boundTo agent: AgentID? = nil,
        in tx: any StoreTransaction
    ) throws(StorageError) -> [APIKey] {
        try tx.execute(
            Self.page,
            [
                SQLValue(company), .text(environment.rawValue), page.before, SQLValue(agent), .integer(page.fetchLimit),
            ]
        ).map { (row) throws(StorageError) in try record(row).key }
    }

    /// The key that was revoked, nil when there was none to revoke.
    static func revoke(
        _ id: APIKeyID, of company: CompanyID, visibleFrom environment: Environment, at now: Instant,
        in tx: any StoreTransaction
    ) throws(StorageError) -> APIKey? {
        try tx.execute(revoke, [SQLValue(now), SQLValue(company), SQLValue(id), .text(environment.rawValue)])
            .first.map { (row) throws(StorageError) in try record(row).key }
    }

    /// Records a use, unless a later one is recorded already.
    static func touch(
        _ id: APIKeyID, of company: CompanyID, at instant: Instant, in tx: any StoreTransaction
    ) throws(StorageError) {
        try tx.execute(touch, [SQLValue(instant), SQLValue(company), SQLValue(id)])
    }

    private static func record(_ row: Row) throws(StorageError) -> Record {
        Record(
            key: APIKey(
                id: try row.id(0), environment: try row.choice(1), name: try row.checked(2), prefix: try row.text(3),
                scopes: Set(try row.json(4, as: [Scope].self)), agentID: try optionalAgent(row, 5),
                createdAt: try row.instant(6), expiresAt: try row.optionalInstant(7),
                lastUsedAt: try row.optionalInstant(8)),
            hash: try row.text(9), revokedAt: try row.optionalInstant(10))
    }

    private static func optionalAgent(_ row: Row, _ column: Int) throws(StorageError) -> AgentID? {
        try row.optionalText(column) == nil ? nil : try row.id(column)
    }
}
