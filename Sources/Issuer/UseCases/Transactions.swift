/// How every use case gets at a company's books.
extension Issuer {
    /// Checks the scope, opens the books, makes sure that the credential still opens them, and lapses what is due.
    func transaction<Value: Sendable>(
        as principal: Principal, scope: Scope, foreseeing: [Foreseen.Subject] = [],
        _ body: @escaping @Sendable (Books) throws -> Value
    ) async throws -> Value {
        try Self.check(scope, of: principal)
        return try await admitted(principal, isWriting: true, foreseeing: foreseeing, body)
    }

    /// The same for what only looks, which an `authorize` key bound to an agent may also do to that agent.
    ///
    /// Nothing is written, so nothing is flushed to disk, unless something is due to lapse or `isWriting`.
    func look<Value: Sendable>(
        at agent: AgentID?, as principal: Principal, isWriting: Bool = false,
        _ body: @escaping @Sendable (Books) throws -> Value
    ) async throws -> Value {
        let seesAgent = principal.scopes.contains(.authorize) && agent != nil && agent == principal.agentID
        guard principal.scopes.contains(.read) || seesAgent else { throw IssuerError.forbidden(.read) }
        return try await admitted(principal, isWriting: isWriting, body)
    }

    /// A key bound to an agent manages nothing: it would raise the limits that bind it, or change another agent's.
    static func check(_ scope: Scope, of principal: Principal) throws(IssuerError) {
        guard principal.scopes.contains(scope), scope != .manage || principal.agentID == nil else {
            throw .forbidden(scope)
        }
    }

    /// Opens the books as `transaction` and `look` do, whatever the key's scopes are.
    func admitted<Value: Sendable>(
        _ principal: Principal, isWriting: Bool, foreseeing: [Foreseen.Subject] = [],
        _ body: @escaping @Sendable (Books) throws -> Value
    ) async throws -> Value {
        let foreseen = foreseeing.map { Foreseen(environment: principal.environment, subject: $0) }
        return try await whenReady(principal) { [self] in
            try await telling(principal.companyID, foreseeing: foreseen) { [self] tx, changes in
                let now = clock.now()
                let admission =
                    isWriting
                    ? try Companies.lock(principal.companyID, at: now, in: tx)
                    : try Companies.look(at: principal.companyID, in: tx)
                guard let admission else { throw IssuerError.unauthenticated }
                try admit(principal, keyVersion: admission.keyVersion, at: now, in: tx)
                var books = Books(
                    tx: tx, companyID: principal.companyID, environment: principal.environment, now: now,
                    policyVersion: admission.policyVersion, keyVersion: admission.keyVersion,
                    defaultAudience: admission.defaultAudience, author: principal.author, boundTo: principal.agentID,
                    changes: changes)
                books.isBehind = try Ledger(books).lapseDue(most: portions.lapsed)
                return try body(books)
            }
        }
    }

    /// The live environment's books of a company, locked, for what no principal asks. Nil where there is no such company.
    func locked<Value: Sendable>(
        _ company: CompanyID, by author: Author = .issuer, _ body: @escaping @Sendable (Books) throws -> Value
    ) async throws -> Value? {
        try await IssuerError.mapping {
            try await telling(company) { [self] tx, changes in
                let now = clock.now()
                guard let admission = try Companies.lock(company, in: tx) else { return nil }
                return try body(
                    Books(
                        tx: tx, companyID: company, environment: .live, now: now,
                        policyVersion: admission.policyVersion, keyVersion: admission.keyVersion,
                        defaultAudience: admission.defaultAudience, author: author, changes: changes))
            }
        }
    }

    /// A transaction of a company. What has become of its authorizations is told once that is on disk.
    func telling<Value: Sendable>(
        _ company: CompanyID, foreseeing: [Foreseen] = [],
        _ body: @escaping @Sendable (any StoreTransaction, Changes) throws -> Value
    ) async throws -> Value {
        let (value, changed) = try await store.transaction(for: company, foreseeing: foreseeing) { tx in
            let changes = Changes()
            return (try body(tx, changes), changes.all)
        }
        observation.changed(changed)
        return value
    }

    /// Does it again where another issuer has changed the signing keys meanwhile, and after what has to be done first.
    private func whenReady<Value>(_ principal: Principal, _ body: () async throws -> Value) async throws -> Value {
        try await IssuerError.mapping {
            var learned = 0
            while true {
                do {
                    return try await body()
                } catch is KeyRing.Outdated where learned < 2 {
                    learned += 1
                    try await keyRing.learn()
                } catch is KeyRing.Outdated {
                    throw StorageError.unavailable("the signing keys change faster than they can be read")
                } catch let backlog as Backlog {
                    try await workOff(backlog, of: principal)
                }
            }
        }
    }

    /// A key that was revoked, or has expired, since it was verified opens nothing: not even this request.
    func admit(
        _ principal: Principal, keyVersion: Int64, at now: Instant, in tx: any StoreTransaction
    ) throws {
        if let end = principal.expiresAt, end <= now { throw IssuerError.unauthenticated }
        guard keyVersion != principal.keyVersion else { return }
        switch principal.credential {
        case .apiKey(let id):
            guard try APIKeys.isUsable(id, of: principal.companyID, in: tx) else {
                apiKeyVerifier.forget(id)
                throw IssuerError.unauthenticated
            }
            apiKeyVerifier.refresh(id, keyVersion: keyVersion)
        case .session(let id, let user):
            guard try Self.holds(id, of: user, principal, in: tx) else {
                sessionMemory.forget(id)
                throw IssuerError.unauthenticated
            }
            sessionMemory.refresh(id, keyVersion: keyVersion)
        // A token says itself how long it holds, and is verified with each request; the operator's key is of no company.
        case .token, .operatorKey: return
        }
    }
}

extension Books {
    /// The same books, written in by a person.
    func by(_ user: User, _ visitor: Visitor) -> Books {
        var books = self
        books.author = Author(actor: user.id.text, requestID: visitor.requestID)
        return books
    }
}
