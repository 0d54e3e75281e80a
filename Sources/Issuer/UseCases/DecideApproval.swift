/// A person decides on a held request.
extension Issuer {
    /// Held requests, newest first.
    public func approvals(
        page: Page, as principal: Principal
    ) async throws -> Listing<Authorization> {
        try await authorizations(AuthorizationFilter(status: .held), page: page, as: principal)
    }

    /// How many wait. Read beside the writer, as every page asks for it.
    public func heldCount(as principal: Principal) async throws -> Int64 {
        guard principal.scopes.contains(.read) else { throw IssuerError.forbidden(.read) }
        return try await besideAdmitted(principal) { books, _ in try Authorizations.heldCount(in: books) }
    }

    /// Checks everything again but the threshold, since the world may have changed while it waited; then reserves and
    /// signs, or denies with the reasons of now.
    public func approve(
        _ id: AuthorizationID, note: Note?, as principal: Principal, once attempt: OnceOnly?
    ) async throws -> Answered<IssuedAuthorization> {
        try await decide(id, note: note, approved: true, as: principal, once: attempt) { [self] held, books in
            // An agent that was deleted meanwhile spends nothing more.
            let status = try Agents.status(of: held.agentID, in: books) ?? .suspended
            return try rule(
                SpendRequest(
                    agent: held.agentID, agentStatus: status, money: held.money, merchant: held.merchant,
                    isApproved: true),
                in: books)
        }
    }

    /// Refuses a held request: it is denied, and nothing is reserved.
    public func denyApproval(
        _ id: AuthorizationID, note: Note?, as principal: Principal, once attempt: OnceOnly?
    ) async throws -> Answered<IssuedAuthorization> {
        try await decide(id, note: note, approved: false, as: principal, once: attempt) { held, _ in
            let ruling = Ruling(
                decision: .denied,
                reasons: [Reason(code: .approvalDenied, message: "Rejected by an approver.")],
                shadowReasons: held.shadowReasons, policies: held.policies)
            return (ruling, nil)
        }
    }

    private func decide(
        _ id: AuthorizationID, note: Note?, approved: Bool, as principal: Principal, once attempt: OnceOnly?,
        _ ruling: @escaping @Sendable (Authorization, Books) throws -> (Ruling, Evidence?)
    ) async throws -> Answered<IssuedAuthorization> {
        let answered = try await transaction(as: principal, scope: .approve) { [self] books in
            try once(attempt, in: books) { books in
                let held = try Self.authorization(id, for: principal, in: books)
                guard held.status == .held else {
                    throw IssuerError.invalidState(held.status, "It is not waiting for approval.")
                }
                let record = ApprovalRecord(by: principal.author.actor, at: books.now, note: note, approved: approved)
                let (ruling, evidence) = try ruling(held, books)
                let authorization = try decided(held, ruling, approval: record, in: books)
                try Ledger(books).recordApproval(authorization, evidence)
                try books.audit(
                    approved ? .spendApproved : .spendDenied, id.text, before: held.approvalJSON,
                    after: authorization.approvalJSON)
                return authorization
            }
        }
        observation.decided(answered)
        return try issue(answered, to: principal)
    }
}

extension Authorization {
    /// What of it a person's decision changes.
    fileprivate var approvalJSON: String {
        JSONWriter.text { json in
            json.object { json in
                json.member("status", status.rawValue)
                json.member("decision", decision.rawValue)
                json.member("agentId", agentID.text)
                json.member("amount", money.minorUnits)
                json.member("currency", money.currency.text)
                json.member("note", approval?.note?.text)
            }
        }
    }
}
