/// Writes and reads policies. A change is in force at the next request; what was spent stays counted.
extension Issuer {
    public func createPolicy(
        _ terms: PolicyTerms, as principal: Principal, once attempt: OnceOnly?
    ) async throws(IssuerError) -> Answered<Policy> {
        try await transaction(as: principal, scope: .manage) { [self] books in
            try once(attempt, in: books) { books in
                try Self.checkAgent(of: terms, in: books)
                let policy = Policy(
                    id: ids.next(at: books.now), version: 1, terms: terms, createdAt: books.now, updatedAt: books.now)
                try Policies.insert(policy, by: principal.keyID.text, in: books)
                try books.audit(.policyCreated, policy.id.text, after: policy.json)
                try markChanged(in: books)
                return policy
            }
        }
    }

    /// Puts new terms in the place of the old, as the next version. `version`: only if that is still the one in force.
    public func replacePolicy(
        _ id: PolicyID, with terms: PolicyTerms, ifVersion version: Int64?, as principal: Principal
    ) async throws(IssuerError) -> Policy {
        try await transaction(as: principal, scope: .manage) { [self] books in
            let current = try Self.policy(id, in: books)
            if let version, version != current.version {
                throw IssuerError.versionMismatch(current: current.version)
            }
            try Self.checkAgent(of: terms, in: books)
            let policy = Policy(
                id: id, version: current.version + 1, terms: terms, createdAt: current.createdAt, updatedAt: books.now)
            try Policies.update(policy, by: principal.keyID.text, in: books)
            try books.audit(.policyUpdated, id.text, before: current.json, after: policy.json)
            try markChanged(in: books)
            return policy
        }
    }

    public func deletePolicy(_ id: PolicyID, as principal: Principal) async throws(IssuerError) {
        try await transaction(as: principal, scope: .manage) { [self] books in
            let policy = try Self.policy(id, in: books)
            _ = try Policies.delete(id, in: books)
            try books.audit(.policyDeleted, id.text, before: policy.json)
            try markChanged(in: books)
        }
    }

    /// Newest first. `agent`: only those that belong to it.
    public func policies(
        agent: AgentID?, page: Page, as principal: Principal
    ) async throws(IssuerError) -> Listing<Policy> {
        try Self.check(page, of: PolicyID.self)
        return try await look(at: nil, as: principal) { books in
            Listing(try Policies.page(page, agent: agent, in: books), page: page, id: \.id.text)
        }
    }

    public func policy(_ id: PolicyID, as principal: Principal) async throws(IssuerError) -> Policy {
        try await look(at: nil, as: principal) { books in try Self.policy(id, in: books) }
    }

    /// The agent's own and the company's, oldest first, the disabled ones too.
    public func policiesApplying(
        to agent: AgentID, as principal: Principal
    ) async throws(IssuerError) -> [Policy] {
        try Self.check(agent, isFor: principal)
        return try await look(at: agent, as: principal) { [self] books in
            _ = try Self.agent(agent, in: books)
            return try policyCache.policies(in: books).filter {
                $0.terms.agentID == nil || $0.terms.agentID == agent
            }
        }
    }

    private static func policy(_ id: PolicyID, in books: Books) throws -> Policy {
        guard let policy = try Policies.find(id, in: books) else { throw IssuerError.notFound(.policy, id.text) }
        return policy
    }

    private static func checkAgent(of terms: PolicyTerms, in books: Books) throws {
        if let agent = terms.agentID { _ = try Self.agent(agent, in: books) }
    }

    /// What anybody remembers of this company's policies is old from now on.
    private func markChanged(in books: Books) throws {
        try Companies.policiesChanged(books.companyID, version: ids.version(at: books.now), in: books.tx)
    }
}
