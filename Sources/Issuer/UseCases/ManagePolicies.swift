/// Writes and reads policies. A change is in force at the next request; what was spent stays counted.
extension Issuer {
    /// The most policies of a company in one environment. How many of them may apply to one agent: `PolicyBounds`.
    static let policiesMax: Int64 = 2000

    /// Makes a policy, in force at the next request.
    public func createPolicy(
        _ terms: PolicyTerms, as principal: Principal, once attempt: OnceOnly?
    ) async throws -> Answered<ReviewedPolicy> {
        try await transaction(as: principal, scope: .manage) { [self] books in
            try once(attempt, in: books) { books in
                try Self.checkAgent(of: terms, in: books)
                guard try Policies.count(in: books) < Self.policiesMax else {
                    throw IssuerError.invalid(
                        field: "policies",
                        InvalidValue(
                            code: .tooManyPolicies,
                            "there are already \(Self.policiesMax): delete one, or combine several into one"))
                }
                let policy = Policy(
                    id: ids.next(at: books.now), version: 1, terms: terms, createdAt: books.now, updatedAt: books.now)
                let reviewed = try accepted(policy, in: books)
                try Policies.insert(policy, by: principal.author.actor, in: books)
                try books.audit(.policyCreated, policy.id.text, after: policy.json)
                try markChanged(in: books)
                return reviewed
            }
        }
    }

    /// Puts new terms in the place of the old, as the next version. `versions`: only if one of them is still the one
    /// in force.
    public func replacePolicy(
        _ id: PolicyID, with terms: PolicyTerms, ifVersion versions: Set<Int64>?, as principal: Principal
    ) async throws -> ReviewedPolicy {
        try await transaction(as: principal, scope: .manage) { [self] books in
            let current = try Self.policy(id, in: books)
            if let versions, !versions.contains(current.version) {
                throw IssuerError.versionMismatch(current: current.version)
            }
            try Self.checkAgent(of: terms, in: books)
            let policy = Policy(
                id: id, version: current.version + 1, terms: terms, createdAt: current.createdAt, updatedAt: books.now)
            let reviewed = try accepted(policy, in: books)
            try Policies.update(policy, by: principal.author.actor, in: books)
            try books.audit(.policyUpdated, id.text, before: current.json, after: policy.json)
            try markChanged(in: books)
            return reviewed
        }
    }

    /// `versions`: only if one of them is still the one in force.
    public func deletePolicy(
        _ id: PolicyID, ifVersion versions: Set<Int64>? = nil, as principal: Principal
    ) async throws {
        try await transaction(as: principal, scope: .manage) { [self] books in
            let policy = try Self.policy(id, in: books)
            if let versions, !versions.contains(policy.version) {
                throw IssuerError.versionMismatch(current: policy.version)
            }
            _ = try Policies.delete(id, in: books)
            try books.audit(.policyDeleted, id.text, before: policy.json)
            try markChanged(in: books)
        }
    }

    /// Newest first. `agent`: only those that belong to it. A key bound to an agent sees those that can apply to it.
    public func policies(
        agent: AgentID?, page: Page, as principal: Principal
    ) async throws -> Listing<Policy> {
        try Self.check(page, of: PolicyID.self)
        if let agent { try Self.check(agent, isFor: principal) }
        return try await look(at: nil, as: principal) { [self] books in
            guard agent == nil, principal.agentID != nil else {
                return Listing(try Policies.page(page, agent: agent, in: books), page: page, id: \.id.text)
            }
            let seen = try policyCache.policies(in: books).all.filter { principal.sees($0.terms) }
            return Self.newestFirst(seen, page)
        }
    }

    /// The agent's own and the company's, newest first, the disabled ones too.
    public func policies(
        applyingTo agent: AgentID, page: Page, as principal: Principal
    ) async throws -> Listing<Policy> {
        try Self.check(page, of: PolicyID.self)
        return Self.newestFirst(try await policiesApplying(to: agent, as: principal), page)
    }

    /// One page of what is there, oldest first.
    private static func newestFirst(_ policies: [Policy], _ page: Page) -> Listing<Policy> {
        let rest = policies.reversed().filter { policy in page.after.map { policy.id.text < $0 } ?? true }
        return Listing(rest, page: page, id: \.id.text)
    }

    /// The policy, with what is odd about it. Throws `notFound` for one that this key may not see.
    public func policy(_ id: PolicyID, as principal: Principal) async throws -> ReviewedPolicy {
        try await look(at: nil, as: principal) { [self] books in
            try reviewed(Self.policy(id, for: principal, in: books), seenBy: principal, in: books)
        }
    }

    /// The agent's own and the company's, oldest first, the disabled ones too.
    public func policiesApplying(
        to agent: AgentID, as principal: Principal
    ) async throws -> [Policy] {
        try Self.check(agent, isFor: principal)
        return try await look(at: agent, as: principal) { [self] books in
            _ = try Self.agent(agent, in: books)
            return try policyCache.policies(in: books).all.filter { $0.terms.binds(agent) }
        }
    }

    /// Every policy of the environment, the disabled ones too, oldest first.
    public func allPolicies(as principal: Principal) async throws -> [Policy] {
        try await look(at: nil, as: principal) { [self] books in
            try policyCache.policies(in: books).all.filter { principal.sees($0.terms) }
        }
    }

    /// The policy, where this key may see it.
    static func policy(_ id: PolicyID, for principal: Principal, in books: Books) throws -> Policy {
        let policy = try policy(id, in: books)
        guard principal.sees(policy.terms) else { throw IssuerError.notFound(.policy, id.text) }
        return policy
    }

    static func policy(_ id: PolicyID, in books: Books) throws -> Policy {
        guard let policy = try Policies.find(id, in: books) else { throw IssuerError.notFound(.policy, id.text) }
        return policy
    }

    /// The policy as it is to be, with what is odd about it. Throws where there is no room for it.
    private func accepted(_ policy: Policy, in books: Books) throws -> ReviewedPolicy {
        do {
            try PolicyBounds.check(policy, among: policyCache.policies(in: books))
        } catch let refusal as InvalidValue {
            throw IssuerError.invalid(field: "policies", refusal)
        }
        return try reviewed(policy, in: books)
    }

    /// The policy with what is odd about it, alone and beside the others as they were when the transaction began.
    /// `seenBy`: of the others, those that it may see.
    private func reviewed(
        _ policy: Policy, seenBy principal: Principal? = nil, in books: Books
    ) throws -> ReviewedPolicy {
        var others = try policyCache.policies(in: books)
        if let principal, principal.agentID != nil {
            others = PolicySet(others.all.filter { principal.sees($0.terms) })
        }
        return ReviewedPolicy(
            policy: policy,
            warnings: PolicyReview.warnings(about: policy.terms, id: policy.id, among: others))
    }

    private static func checkAgent(of terms: PolicyTerms, in books: Books) throws {
        if let agent = terms.agentID { _ = try Self.agent(agent, in: books) }
    }

    /// What anybody remembers of this company's policies is old from now on.
    private func markChanged(in books: Books) throws {
        try Companies.policiesChanged(books.companyID, version: ids.version(at: books.now), in: books.tx)
    }
}
