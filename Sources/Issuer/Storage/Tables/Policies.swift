/// The policies as they stand, and every version they ever had.
enum Policies {
    private static let insert = Statement(
        """
        INSERT INTO policies (company_id, policy_id, environment, version, agent_id, terms, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """)
    private static let update = Statement(
        """
        UPDATE policies SET version = $1, agent_id = $2, terms = $3, updated_at = $4
        WHERE company_id = $5 AND policy_id = $6
        """)
    private static let insertVersion = Statement(
        """
        INSERT INTO policy_versions (company_id, policy_id, version, terms, written_at, written_by)
        VALUES ($1, $2, $3, $4, $5, $6)
        """)
    private static let select = "SELECT policy_id, version, terms, created_at, updated_at FROM policies"
    private static let find = Statement(
        """
        \(select)
        WHERE company_id = $1 AND policy_id = $2 AND environment = $3 AND deleted_at IS NULL
        """)
    private static let all = Statement(
        """
        \(select)
        WHERE company_id = $1 AND environment = $2 AND deleted_at IS NULL ORDER BY policy_id
        """)
    // Without what they say, which can be a thousand times as long.
    private static let current = Statement(
        """
        SELECT policy_id, version, updated_at FROM policies
        WHERE company_id = $1 AND environment = $2 AND deleted_at IS NULL ORDER BY policy_id
        """)
    private static let count = Statement(
        "SELECT COUNT(*) FROM policies WHERE company_id = $1 AND environment = $2 AND deleted_at IS NULL")
    private static let page = Statement(
        """
        \(select)
        WHERE company_id = $1 AND environment = $2 AND deleted_at IS NULL AND policy_id < $3
            AND (CAST($4 AS TEXT) IS NULL OR agent_id = $4)
        ORDER BY policy_id DESC LIMIT $5
        """)
    private static let delete = Statement(
        """
        UPDATE policies SET deleted_at = $1
        WHERE company_id = $2 AND policy_id = $3 AND environment = $4 AND deleted_at IS NULL RETURNING policy_id
        """)

    private static let history = Statement(
        "SELECT deleted_at FROM policies WHERE company_id = $1 AND policy_id = $2 AND environment = $3")
    private static let selectVersion = "SELECT policy_id, version, terms, written_at, written_by FROM policy_versions"
    private static let versions = Statement(
        """
        \(selectVersion)
        WHERE company_id = $1 AND policy_id = $2 AND version < $3 ORDER BY version DESC LIMIT $4
        """)
    private static let version = Statement(
        """
        \(selectVersion)
        WHERE company_id = $1 AND policy_id = $2 AND version = $3
        """)

    static func insert(_ policy: Policy, by author: String, in books: Books) throws(StorageError) {
        books.tx.memory.notePolicyChange(of: books.companyID)
        try books.tx.execute(
            insert,
            [
                SQLValue(books.companyID), SQLValue(policy.id), .text(books.environment.rawValue),
                .integer(policy.version), SQLValue(policy.terms.agentID), SQLValue(json: policy.terms),
                SQLValue(policy.createdAt), SQLValue(policy.updatedAt),
            ])
        try insertVersion(policy, by: author, in: books)
    }

    static func update(_ policy: Policy, by author: String, in books: Books) throws(StorageError) {
        books.tx.memory.notePolicyChange(of: books.companyID)
        try books.tx.execute(
            update,
            [
                .integer(policy.version), SQLValue(policy.terms.agentID), SQLValue(json: policy.terms),
                SQLValue(policy.updatedAt), SQLValue(books.companyID), SQLValue(policy.id),
            ])
        try insertVersion(policy, by: author, in: books)
    }

    private static func insertVersion(_ policy: Policy, by author: String, in books: Books) throws(StorageError) {
        try books.tx.execute(
            insertVersion,
            [
                SQLValue(books.companyID), SQLValue(policy.id), .integer(policy.version), SQLValue(json: policy.terms),
                SQLValue(policy.updatedAt), .text(author),
            ])
    }

    static func find(_ id: PolicyID, in books: Books) throws(StorageError) -> Policy? {
        try books.tx.execute(find, [SQLValue(books.companyID), SQLValue(id), .text(books.environment.rawValue)])
            .first.map(policy)
    }

    /// Every policy of the company and environment, oldest first. `known` are versions that need no reading again: one
    /// change to one of a thousand must not cost the reading of them all. They must have been committed: a version that was
    /// undone gives its number to the next. When it was written tells it also from one that the database has lost since.
    static func all(in books: Books, known: [Policy]) throws(StorageError) -> [Policy] {
        let whose: [SQLValue] = [SQLValue(books.companyID), .text(books.environment.rawValue)]
        guard !known.isEmpty else { return try books.tx.execute(all, whose).map(policy) }
        let known = Dictionary(known.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var policies: [Policy] = []
        for row in try books.tx.execute(current, whose) {
            let (id, version, updatedAt) = (try row.id(0, of: PolicyID.self), try row.integer(1), try row.instant(2))
            if let policy = known[id], policy.version == version, policy.updatedAt == updatedAt {
                policies.append(policy)
            } else if let policy = try find(id, in: books) {
                // It is not there where another issuer has deleted it since it was listed, while only looked at.
                policies.append(policy)
            }
        }
        return policies
    }

    static func count(in books: Books) throws(StorageError) -> Int64 {
        try books.tx.number(count, [SQLValue(books.companyID), .text(books.environment.rawValue)])
    }

    static func page(_ page: Page, agent: AgentID?, in books: Books) throws(StorageError) -> [Policy] {
        try books.tx.execute(
            Self.page,
            [
                SQLValue(books.companyID), .text(books.environment.rawValue), page.before,
                SQLValue(agent), .integer(page.fetchLimit),
            ]
        ).map(policy)
    }

    /// False when there was none.
    static func delete(_ id: PolicyID, in books: Books) throws(StorageError) -> Bool {
        books.tx.memory.notePolicyChange(of: books.companyID)
        return try !books.tx.execute(
            delete,
            [SQLValue(books.now), SQLValue(books.companyID), SQLValue(id), .text(books.environment.rawValue)]
        ).isEmpty
    }

    /// Whether there is, or was, such a policy: nil where there never was, else when it was deleted, if it was.
    static func history(of id: PolicyID, in books: Books) throws(StorageError) -> Instant?? {
        try books.tx.execute(history, [SQLValue(books.companyID), SQLValue(id), .text(books.environment.rawValue)])
            .first.map { (row) throws(StorageError) in try row.optionalInstant(0) }
    }

    /// Those under `version`, newest first, of a policy that `history` knows.
    static func versions(
        of id: PolicyID, before version: Int64, limit: Int64, in books: Books
    ) throws(StorageError) -> [PolicyVersion] {
        try books.tx.execute(
            versions, [SQLValue(books.companyID), SQLValue(id), .integer(version), .integer(limit)]
        ).map(policyVersion)
    }

    static func version(
        _ version: Int64, of id: PolicyID, in books: Books
    ) throws(StorageError) -> PolicyVersion? {
        try books.tx.execute(Self.version, [SQLValue(books.companyID), SQLValue(id), .integer(version)])
            .first.map(policyVersion)
    }

    private static func policyVersion(_ row: Row) throws(StorageError) -> PolicyVersion {
        PolicyVersion(
            policyID: try row.id(0), version: try row.integer(1), terms: try row.json(2), writtenAt: try row.instant(3),
            writtenBy: try row.text(4))
    }

    private static func policy(_ row: Row) throws(StorageError) -> Policy {
        Policy(
            id: try row.id(0), version: try row.integer(1), terms: try row.json(2), createdAt: try row.instant(3),
            updatedAt: try row.instant(4))
    }
}
