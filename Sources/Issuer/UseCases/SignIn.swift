extension Issuer {
    /// Signs in with address and password, to the company that was used last.
    ///
    /// Throws `account(.wrongCredentials)` after the same time, and as the same error, whether there is nobody of that
    /// address or the password is wrong.
    public func signIn(
        _ email: EmailAddress, _ password: Password, from visitor: Visitor
    ) async throws -> SignedIn {
        let record = try await verified(email, password)
        for company in try await companies(of: record) {
            if let signedIn = try await begin(company, record, .live, visitor) { return signedIn }
        }
        throw IssuerError.account(.noCompany)
    }

    /// Whose address and password these are.
    func verified(_ email: EmailAddress, _ password: Password) async throws -> Users.Record {
        let found = try await IssuerError.mapping {
            try await store.globalTransaction { try Users.find(email, in: $0) }
        }
        guard try await passwordHasher.verify(password, found?.passwordHash), let found else {
            throw IssuerError.account(.wrongCredentials)
        }
        if let hash = found.passwordHash, passwordHasher.isDated(hash) {
            let fresh = try await passwordHasher.hash(password)
            _ = try await IssuerError.mapping {
                try await store.globalTransaction {
                    try Users.setPassword(
                        fresh, of: found.user.id, ifStill: found.credentialsVersion, endingSessions: false, in: $0)
                }
            }
        }
        return found
    }

    /// Those that they may be a member of, the one that was used last first.
    func companies(of record: Users.Record) async throws -> [CompanyID] {
        let companies = try await IssuerError.mapping {
            try await store.globalTransaction { try Users.companies(of: record.user.id, in: $0) }
        }
        return companies.filter { $0 == record.lastCompanyID } + companies.filter { $0 != record.lastCompanyID }
    }

    /// Begins a session in that company. Nil where they are no member, or the password was changed meanwhile.
    ///
    /// Nil too where an identity provider says who is a member, and it is not `provider`, which has just said so: it
    /// tells nobody whom it has removed. For the same reason such a session is a short one.
    func begin(
        _ company: CompanyID, _ record: Users.Record, _ environment: Environment, _ visitor: Visitor,
        shownBy provider: String? = nil
    ) async throws -> SignedIn? {
        let token = try SessionToken.random(for: company)
        let author = Author(actor: record.user.id.text, requestID: visitor.requestID)
        return try await locked(company, by: author) { [self] books -> SignedIn? in
            guard let standing = try Memberships.standing(of: record.user.id, in: company, books.tx),
                standing.provider == nil || standing.provider == provider,
                try Users.find(record.user.id, in: books.tx)?.credentialsVersion == record.credentialsVersion
            else { return nil }
            let signedIn = try beginSession(
                of: record, as: standing.role, in: environment, visitor, token: token,
                secondsMax: standing.provider == nil ? .max : Self.providerSessionSeconds, in: books)
            try books.audit(.signedIn, record.user.id.text)
            return signedIn
        } ?? nil
    }

    /// Ends this session and begins one in another company that the person is a member of, and that they need no identity
    /// provider's word for.
    public func switchCompany(
        to company: CompanyID, _ signedIn: SignedIn, from visitor: Visitor
    ) async throws -> SignedIn {
        let user = signedIn.user.id
        let record = try await admitted(signedIn.principal, isWriting: false) { try Users.find(user, in: $0.tx) }
        guard let record, let next = try await begin(company, record, signedIn.principal.environment, visitor) else {
            throw IssuerError.notFound(.company, company.text)
        }
        try await signOut(signedIn)
        return next
    }

    /// So many wrong passwords came for this address that no more are looked at: the companies concerned are told.
    public func noteBlockedSignIn(_ email: EmailAddress, requestID: String?) async throws {
        let found = try await IssuerError.mapping {
            try await store.globalTransaction { try Users.find(email, in: $0) }
        }
        guard let found else { return }
        let author = Author(actor: Author.issuer.actor, requestID: requestID)
        for company in try await companies(of: found) {
            _ = try await locked(company, by: author) { books in
                guard try Memberships.role(of: found.user.id, in: company, books.tx) != nil else { return }
                try books.audit(.signInBlocked, found.user.id.text)
            }
        }
    }
}
