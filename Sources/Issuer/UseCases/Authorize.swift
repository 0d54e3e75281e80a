/// Decides on a spend, reserves its budget, and signs the decision.
extension Issuer {
    /// One transaction reads the counters, decides, reserves and records the claims; the claims are signed after it is on
    /// disk, off the writer's path. A crash before the signature loses nothing: a retry signs the same claims again.
    public func authorize(
        _ request: AuthorizationRequest, as principal: Principal, once attempt: OnceOnly?
    ) async throws -> Answered<IssuedAuthorization> {
        try Self.check(request.agentID, isFor: principal)
        return try await crowd.counting(keyRing.signer.signsLong) {
            let spend = Foreseen.Subject.spend(request.agentID, request.money.currency)
            let answered = try await transaction(
                as: principal, scope: .authorize, foreseeing: attempt.foreseen(by: principal) + [spend]
            ) { [self] books in
                try once(attempt, in: books) { books in try record(request, in: books) }
            }
            observation.decided(answered)
            return try issue(answered, to: principal)
        }
    }

    /// What `authorize` would decide now. Reserves nothing and signs nothing.
    public func dryRun(
        _ request: AuthorizationRequest, as principal: Principal
    ) async throws -> DryRun {
        try Self.check(request.agentID, isFor: principal)
        return try await transaction(as: principal, scope: .authorize) { [self] books in
            let (ruling, _) = try rule(request, in: books)
            return DryRun(
                decision: ruling.decision, reasons: ruling.reasons, shadowReasons: ruling.shadowReasons,
                policies: ruling.policies)
        }
    }

    private func record(_ request: AuthorizationRequest, in books: Books) throws -> Authorization {
        let (ruling, evidence) = try rule(request, in: books)
        let authorization = try decided(asked(request, in: books), ruling, approval: nil, in: books)
        try Ledger(books).record(authorization, evidence)
        return authorization
    }

    private func rule(_ request: AuthorizationRequest, in books: Books) throws -> (Ruling, Evidence) {
        try Counters.foresee(agent: request.agentID, currency: request.money.currency, in: books)
        guard let status = try Agents.status(of: request.agentID, in: books) else {
            throw IssuerError.notFound(.agent, request.agentID.text)
        }
        return try rule(
            SpendRequest(
                agent: request.agentID, agentStatus: status, money: request.money, merchant: request.merchant,
                isApproved: false),
            in: books)
    }

    /// The request as an authorization on which nothing has been decided yet.
    private func asked(_ request: AuthorizationRequest, in books: Books) -> Authorization {
        Authorization(
            id: ids.next(at: books.now), environment: books.environment, agentID: request.agentID, money: request.money,
            merchant: request.merchant, note: request.note, metadata: request.metadata,
            audience: request.audience ?? books.defaultAudience,
            lifetimeSeconds: request.lifetimeSeconds ?? settings.tokenLifetimeSeconds, createdAt: books.now,
            status: .held, decision: .pendingApproval, reasons: [], shadowReasons: [], policies: [],
            expiresAt: books.now.adding(seconds: settings.approvalLifetimeSeconds), late: false)
    }
}

/// The steps that deciding on a new request and on a held one share.
extension Issuer {
    /// What the policies in force say now, and what they say it under.
    func rule(_ request: SpendRequest, in books: Books) throws -> (Ruling, Evidence) {
        let policies = try policyCache.policies(in: books).applicable(to: request.agent, in: request.money.currency)
        let counters = PolicyEngine.counters(for: policies, agent: request.agent, at: books.now)
        let spent = try Ledger(books).spent(
            counters, agent: request.agent, currency: request.money.currency, countedMax: portions.counted)
        var ruling = PolicyEngine.decide(request, under: policies, spent: spent, at: books.now)
        // What is over might be all that is in the way.
        if books.isBehind, ruling.decision == .denied || !ruling.shadowReasons.isEmpty { throw Backlog.lapses }
        ruling.reasons = try dated(ruling.reasons, of: request, under: policies, in: books)
        ruling.shadowReasons = try dated(ruling.shadowReasons, of: request, under: policies, in: books)
        let evidence = Evidence(
            at: books.now, agentStatus: request.agentStatus, isApproved: request.isApproved,
            policies: policies.map { Evidence.Version(id: $0.id, version: $0.version) },
            counters: counters.compactMap { key in spent[key].map { Evidence.Counted(key: key, spend: $0) } })
        return (ruling, evidence)
    }

    /// The authorization as the ruling leaves it, with the claims that its token will bear.
    func decided(
        _ request: Authorization, _ ruling: Ruling, approval: ApprovalRecord?, in books: Books
    ) throws -> Authorization {
        var authorization = request
        authorization.decision = ruling.decision
        authorization.reasons = ruling.reasons
        authorization.shadowReasons = ruling.shadowReasons
        authorization.policies = ruling.policies
        authorization.approval = approval
        switch ruling.decision {
        case .pendingApproval:
            authorization.status = .held
            return authorization
        case .denied:
            authorization.status = .denied
            authorization.resolvedAt = books.now
        case .approved:
            authorization.status = .pending
            authorization.authorizedAt = books.now
        }
        // Token times are whole seconds: what the answer says of them must be what the token says.
        authorization.expiresAt = Instant(seconds: books.now.seconds + authorization.lifetimeSeconds)
        if authorization.decision == .approved {
            authorization.holdExpiresAt = authorization.expiresAt.adding(seconds: settings.confirmGraceSeconds)
        }
        let signer = try keyRing.signer(ofKeySet: SigningKeys.sequenceOfGroup(in: books.tx))
        authorization.claims = try signer.recorded(
            TokenClaims.signed(
                for: authorization, issuer: settings.issuerURL, company: books.companyID, issuedAt: books.now,
                kid: signer.signingKeyID))
        return authorization
    }

    /// Signs what was recorded: on a decision's own answer, approvals and denials alike.
    func issue(
        _ answered: Answered<Authorization>, to principal: Principal
    ) throws(IssuerError) -> Answered<IssuedAuthorization> {
        switch answered.result {
        case .failure(let refusal):
            return Answered(result: .failure(refusal), replayed: answered.replayed, requestID: answered.requestID)
        case .success(let authorization):
            // What is given again may be the answer to a key that could see more.
            guard principal.agentID == nil || principal.agentID == authorization.agentID else {
                throw .notFound(.authorization, authorization.id.text)
            }
            let token: String?
            switch authorization.status {
            case .pending, .denied:
                token = try authorization.claims.map { (claims) throws(IssuerError) in
                    try observation.timing(.sign) { () throws(IssuerError) in try keyRing.sign(claims) }
                }
            case .confirmed, .voided, .expired, .held: token = nil
            }
            return Answered(
                result: .success(IssuedAuthorization(authorization: authorization, token: token)),
                replayed: answered.replayed, requestID: answered.requestID)
        }
    }

    static func agent(_ id: AgentID, in books: Books) throws -> Agent {
        guard let agent = try Agents.find(id, in: books) else { throw IssuerError.notFound(.agent, id.text) }
        return agent
    }

    /// A key bound to an agent knows no other: one looks to it like one that does not exist.
    static func check(_ agent: AgentID, isFor principal: Principal) throws(IssuerError) {
        guard principal.agentID == nil || principal.agentID == agent else { throw .notFound(.agent, agent.text) }
    }
}
