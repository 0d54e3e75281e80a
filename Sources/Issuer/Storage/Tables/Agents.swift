/// The agents. A deleted one stays for its history and is found no more.
enum Agents {
    private static let insert = Statement(
        """
        INSERT INTO agents (company_id, agent_id, environment, name, description, status, metadata, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """)
    private static let select = "SELECT agent_id, name, description, status, metadata, created_at FROM agents"
    private static let find = Statement(
        """
        \(select)
        WHERE company_id = $1 AND agent_id = $2 AND environment = $3 AND deleted_at IS NULL
        """)
    private static let status = Statement(
        """
        SELECT status FROM agents
        WHERE company_id = $1 AND agent_id = $2 AND environment = $3 AND deleted_at IS NULL
        """)
    private static let environment = Statement(
        "SELECT environment FROM agents WHERE company_id = $1 AND agent_id = $2")
    private static let page = Statement(
        """
        \(select)
        WHERE company_id = $1 AND environment = $2 AND deleted_at IS NULL AND agent_id < $3
        ORDER BY agent_id DESC LIMIT $4
        """)
    private static let update = Statement(
        """
        UPDATE agents SET name = $1, description = $2, status = $3, metadata = $4
        WHERE company_id = $5 AND agent_id = $6
        """)
    private static let name = Statement("SELECT name FROM agents WHERE company_id = $1 AND agent_id = $2")
    private static let delete = Statement(
        "UPDATE agents SET deleted_at = $1 WHERE company_id = $2 AND agent_id = $3 AND environment = $4")

    static func insert(_ agent: Agent, in books: Books) throws(StorageError) {
        try books.tx.execute(
            insert,
            [
                SQLValue(books.companyID), SQLValue(agent.id), .text(books.environment.rawValue),
                .text(agent.name.text),
                SQLValue(agent.description?.text), .text(agent.status.rawValue), SQLValue(json: agent.metadata),
                SQLValue(agent.createdAt),
            ])
    }

    static func find(_ id: AgentID, in books: Books) throws(StorageError) -> Agent? {
        try books.tx.execute(find, [SQLValue(books.companyID), SQLValue(id), .text(books.environment.rawValue)])
            .first.map(agent)
    }

    /// Nil for one that is not there, or was deleted.
    static func status(of id: AgentID, in books: Books) throws(StorageError) -> Agent.Status? {
        if let known = knownStatus(of: id, in: books) { return known }
        return try remember(id, books.tx.execute(statusQuestion(of: id, in: books)), in: books)
    }

    /// As the group has seen it.
    static func knownStatus(of id: AgentID, in books: Books) -> Agent.Status? {
        books.tx.memory[books.companyID].agents[GroupMemory.SeenAgent(environment: books.environment, id: id)]
    }

    static func statusQuestion(of id: AgentID, in books: Books) -> Question {
        Question(status, [SQLValue(books.companyID), SQLValue(id), .text(books.environment.rawValue)])
    }

    @discardableResult
    static func remember(_ id: AgentID, _ rows: [Row], in books: Books) throws(StorageError) -> Agent.Status? {
        let found = try rows.first.map { (row) throws(StorageError) in try row.choice(0, of: Agent.Status.self) }
        // Without the lock another issuer may change it meanwhile.
        if let found, books.tx.memory[books.companyID].admission != nil {
            let seen = GroupMemory.SeenAgent(environment: books.environment, id: id)
            books.tx.memory[books.companyID].agents[seen] = found
        }
        return found
    }

    /// Also of one that was deleted. Every agent that a row of the books names is there.
    static func name(of id: AgentID, in books: Books) throws(StorageError) -> Name {
        guard let row = try books.tx.execute(name, [SQLValue(books.companyID), SQLValue(id)]).first else {
            throw .corrupt("there is no agent \(id)")
        }
        return try row.checked(0)
    }

    /// Whether it is, or was before it was deleted, one of the company's other environment.
    static func isElsewhere(_ id: AgentID, in books: Books) throws(StorageError) -> Bool {
        let row = try books.tx.execute(environment, [SQLValue(books.companyID), SQLValue(id)]).first
        guard let row else { return false }
        return try row.choice(0, of: Environment.self) != books.environment
    }

    static func page(_ page: Page, in books: Books) throws(StorageError) -> [Agent] {
        try books.tx.execute(
            Self.page,
            [
                SQLValue(books.companyID), .text(books.environment.rawValue), page.before,
                .integer(page.fetchLimit),
            ]
        ).map(agent)
    }

    static func update(_ agent: Agent, in books: Books) throws(StorageError) {
        books.tx.memory[books.companyID].agents = [:]
        try books.tx.execute(
            update,
            [
                .text(agent.name.text), SQLValue(agent.description?.text), .text(agent.status.rawValue),
                SQLValue(json: agent.metadata), SQLValue(books.companyID), SQLValue(agent.id),
            ])
    }

    static func delete(_ id: AgentID, in books: Books) throws(StorageError) {
        books.tx.memory[books.companyID].agents = [:]
        try books.tx.execute(
            delete,
            [SQLValue(books.now), SQLValue(books.companyID), SQLValue(id), .text(books.environment.rawValue)])
    }

    private static func agent(_ row: Row) throws(StorageError) -> Agent {
        Agent(
            id: try row.id(0), name: try row.checked(1), description: try row.optionalChecked(2),
            status: try row.choice(3), metadata: try row.metadata(4), createdAt: try row.instant(5))
    }
}
