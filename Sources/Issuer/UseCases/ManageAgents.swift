/// A new agent, as a person describes it.
public struct AgentDraft: Sendable {
    public let name: Name
    public let description: Note?
    public let metadata: Metadata

    public init(name: Name, description: Note? = nil, metadata: Metadata = Metadata()) {
        self.name = name
        self.description = description
        self.metadata = metadata
    }
}

/// What to do with a member that may be absent.
public enum Change<Value: Sendable>: Sendable {
    case keep
    case clear
    case set(Value)
}

extension InvalidValue {
    /// Somebody else has changed what this change was made to.
    public static let changedMeanwhile = InvalidValue(
        code: .changedMeanwhile, "was changed by someone else in the meantime; nothing was saved")
}

/// A change to an agent; nil and `keep` leave things as they are.
public struct AgentChange: Sendable {
    public let name: Name?
    public let description: Change<Note>
    public let metadata: Metadata?
    public let status: Agent.Status?
    /// The name and description that the change was made to: refused where they are others by now. Nil: whatever they are.
    public let basis: Basis?

    public struct Basis: Sendable, Equatable {
        public let name: String
        public let description: String

        public init(name: String, description: String) {
            (self.name, self.description) = (name, description)
        }
    }

    public init(
        name: Name? = nil, description: Change<Note> = .keep, metadata: Metadata? = nil, status: Agent.Status? = nil,
        basis: Basis? = nil
    ) {
        self.basis = basis
        self.name = name
        self.description = description
        self.metadata = metadata
        self.status = status
    }
}

extension Issuer {
    /// Makes an agent in the environment of whoever asks.
    public func createAgent(
        _ draft: AgentDraft, as principal: Principal, once attempt: OnceOnly?
    ) async throws -> Answered<Agent> {
        try await transaction(as: principal, scope: .manage) { [self] books in
            try once(attempt, in: books) { books in
                let agent = Agent(
                    id: ids.next(at: books.now), name: draft.name, description: draft.description, status: .active,
                    metadata: draft.metadata, createdAt: books.now)
                try Agents.insert(agent, in: books)
                try books.audit(.agentCreated, agent.id.text, after: agent.json)
                return agent
            }
        }
    }

    /// Newest first. A key bound to an agent sees that one.
    public func agents(page: Page, as principal: Principal) async throws -> Listing<Agent> {
        try Self.check(page, of: AgentID.self)
        return try await look(at: nil, as: principal) { books in
            guard let only = principal.agentID else {
                return Listing(try Agents.page(page, in: books), page: page, id: \.id.text)
            }
            let isPast = page.after.map { only.text >= $0 } ?? false
            return Listing(items: isPast ? [] : [try Agents.find(only, in: books)].compactMap(\.self), nextCursor: nil)
        }
    }

    /// Throws `notFound` for one that was deleted, or is another environment's.
    public func agent(_ id: AgentID, as principal: Principal) async throws -> Agent {
        try Self.check(id, isFor: principal)
        return try await look(at: id, as: principal) { books in try Self.agent(id, in: books) }
    }

    /// Changes what is given. A suspended agent is denied from the next request on.
    public func updateAgent(
        _ id: AgentID, _ change: AgentChange, as principal: Principal
    ) async throws -> Agent {
        try await transaction(as: principal, scope: .manage) { books in
            let before = try Self.agent(id, in: books)
            if let basis = change.basis,
                basis != AgentChange.Basis(name: before.name.text, description: before.description?.text ?? "")
            {
                throw IssuerError.invalid(field: "name", .changedMeanwhile)
            }
            var agent = before
            if let name = change.name { agent.name = name }
            switch change.description {
            case .keep: break
            case .clear: agent.description = nil
            case .set(let description): agent.description = description
            }
            if let metadata = change.metadata { agent.metadata = metadata }
            if let status = change.status { agent.status = status }
            guard agent != before else { return agent }
            try Agents.update(agent, in: books)
            try books.audit(.agentUpdated, id.text, before: before.json, after: agent.json)
            return agent
        }
    }

    /// The agent is found no more; what it has reserved can still be confirmed or voided, and its history stays.
    public func deleteAgent(_ id: AgentID, as principal: Principal) async throws {
        try await transaction(as: principal, scope: .manage) { books in
            let agent = try Self.agent(id, in: books)
            try Agents.delete(id, in: books)
            try books.audit(.agentDeleted, id.text, before: agent.json)
        }
    }
}
