extension Issuer {
    /// Signs in with address and password, to the company that was used last.
    ///
    /// Throws `account(.wrongCredentials)` after the same time, and as the same error, whether there is nobody of that
    /// address or the password is wrong.
    public func signIn(
        _ email: EmailAddress, _ password: Password, from visitor: Visitor
    ) async throws(IssuerError) -> SignedIn {
        let record = try await verified(email, password)
        for company in try await companies(of: record) {
            if let signedIn = try await begin(company, record, .live, visitor) { return signedIn }
        }
        throw .account(.noCompany)
    }

    /// Whose address and password these are.
    func verified(_ email: EmailAddress, _ password: Password) async throws(IssuerError) -> Users.Record {
        let found = try await IssuerError.mapping {
            try await store.globalTransaction { try Users.find(email, in: $0) }
        }
        guard try await passwordHasher.verify(password, found?.passwordHash), let found else {
            throw .account(.wrongCredentials)
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
    func companies(of record: Users.Record) async throws(IssuerError) -> [CompanyID] {
        let companies = try await IssuerError.mapping {
            try await store.globalTransaction { try Users.companies(of: record.user.id, in: $0) }
        }
        return companies.filter { $0 == record.lastCompanyID } + companies.filter { $0 != record.lastCompanyID }
    }

    /// Begins a session in that company. Nil where they are no member, or the password was changed meanwhile.
    func begin(
        _ company: CompanyID, _ record: Users.Record, _ environment: Environment, _ visitor: Visitor
    ) async throws(IssuerError) -> SignedIn? {
        let token = try SessionToken.random(for: company)
        return try await IssuerError.mapping {
            try await store.transaction(for: company) { [self] tx in
                let now = clock.now()
                guard let admission = try Companies.lock(company, in: tx),
                    let role = try Memberships.role(of: record.user.id, in: company, tx),
                    try Users.find(record.user.id, in: tx)?.credentialsVersion == record.credentialsVersion
                else { return nil }
                let author = Author(actor: record.user.id.text, requestID: visitor.requestID)
                let books = Books(
                    tx: tx, companyID: company, environment: .live, now: now, policyVersion: admission.policyVersion,
                    author: author)
                let signedIn = try beginSession(
                    of: record, as: role, in: environment, visitor, token: token, keyVersion: admission.keyVersion,
                    in: books)
                try books.audit(.signedIn, record.user.id.text)
                return signedIn
            }
        }
    }

    /// The companies that whoever is signed in may go on to. Those that an identity provider rules are not among them.
    public func memberships(_ signedIn: SignedIn) async throws(IssuerError) -> [Membership] {
        let user = signedIn.user.id
        return try await IssuerError.mapping {
            try await store.globalTransaction { tx in
                var memberships: [Membership] = []
                for company in try Users.companies(of: user, in: tx) {
                    guard try !Identities.rules(company, user, in: tx),
                        let name = try Companies.name(of: company, in: tx),
                        let role = try Memberships.role(of: user, in: company, tx)
                    else { continue }
                    memberships.append(Membership(companyID: company, companyName: name, role: role))
                }
                return memberships
            }
        }
    }

    /// Ends this session and begins one in another company that the person is a member of. Into one that an identity
    /// provider rules, a token of the provider is the only way: it alone knows whether they are a member still.
    public func switchCompany(
        to company: CompanyID, _ signedIn: SignedIn, from visitor: Visitor
    ) async throws(IssuerError) -> SignedIn {
        let user = signedIn.user.id
        let record = try await admitted(signedIn.principal, isWriting: false) { books -> Users.Record? in
            try Identities.rules(company, user, in: books.tx) ? nil : try Users.find(user, in: books.tx)
        }
        guard let record, let next = try await begin(company, record, signedIn.principal.environment, visitor) else {
            throw .notFound(.company, company.text)
        }
        try await signOut(signedIn)
        return next
    }

    /// So many wrong passwords came for this address that no more are looked at: the companies concerned are told.
    public func noteBlockedSignIn(_ email: EmailAddress, requestID: String?) async throws(IssuerError) {
        let found = try await IssuerError.mapping {
            try await store.globalTransaction { try Users.find(email, in: $0) }
        }
        guard let found else { return }
        for company in try await companies(of: found) {
            try await IssuerError.mapping {
                try await store.transaction(for: company) { [self] tx in
                    guard try Companies.lock(company, in: tx) != nil,
                        try Memberships.role(of: found.user.id, in: company, tx) != nil
                    else { return }
                    let books = Books(
                        tx: tx, companyID: company, environment: .live, now: clock.now(), policyVersion: 0,
                        author: Author(actor: Author.issuer.actor, requestID: requestID))
                    try books.audit(.signInBlocked, found.user.id.text)
                }
            }
        }
    }
}
