/// People whom an identity provider signs in.
///
/// Somebody is known by the provider and its subject, never by an e-mail address: an address that is here already may be
/// somebody's who only claimed it.
extension Issuer {
    /// Whoever bears a token of the provider, as a principal. A company or a person that is new is written down;
    /// `opensCompanies`: whether a company may be.
    public func principal(
        of identity: ProviderIdentity, in environment: Environment, opensCompanies: Bool, requestID: String?
    ) async throws -> Principal {
        guard let company = identity.company else { throw IssuerError.unauthenticated }
        let known = try await known(identity, company, opensCompanies: opensCompanies, requestID: requestID)
        return Principal(
            companyID: known.companyID, environment: environment, credential: .token(of: known.userID),
            scopes: company.role.scopes, role: company.role, keyVersion: 0)
    }

    /// Begins a session of whoever the provider has signed in.
    ///
    /// Where the provider names no company: by the invitation, if there is one; else in the company that was used last; else,
    /// where `opensCompanies`, in a new one.
    public func signIn(
        _ identity: ProviderIdentity, invitation: InvitationToken?, opensCompanies: Bool, from visitor: Visitor
    ) async throws -> SignedIn {
        if let company = identity.company {
            let known = try await known(
                identity, company, opensCompanies: opensCompanies, requestID: visitor.requestID)
            let record = try await user(known.userID)
            let signedIn = try await begin(known.companyID, record, .live, visitor, shownBy: identity.provider)
            guard let signedIn else { throw IssuerError.account(.noCompany) }
            return signedIn
        }
        if let invitation {
            return try await accept(invitation, visitor) { [self] books in
                try person(identity, at: books.now, in: books.tx)
            }
        }
        if let known = try await knownUser(identity) {
            let record = try await user(known)
            for company in try await companies(of: record) {
                if let signedIn = try await begin(company, record, .live, visitor) { return signedIn }
            }
        }
        guard opensCompanies else { throw IssuerError.account(.noCompany) }
        return try await openCompany(of: identity, visitor)
    }

    private struct Known: Sendable {
        let userID: UserID
        let companyID: CompanyID
    }

    /// The person and the company that the provider means, written down as it has them.
    private func known(
        _ identity: ProviderIdentity, _ company: ProviderIdentity.Company, opensCompanies: Bool, requestID: String?
    ) async throws -> Known {
        let (provider, now) = (identity.provider, clock.now())
        let found = try await IssuerError.mapping {
            try await store.globalTransaction {
                tx -> (user: UserID?, company: CompanyID?, standing: Memberships.Standing?) in
                let user = try Identities.user(identity.subject, at: provider, in: tx)
                let id = try Identities.company(company.subject, at: provider, in: tx)
                guard let user, let id else { return (user, id, nil) }
                return (user, id, try Memberships.standing(of: user, in: id, tx))
            }
        }
        let shown = Memberships.Standing(role: company.role, provider: provider)
        if let user = found.user, let id = found.company, found.standing == shown {
            return Known(userID: user, companyID: id)
        }
        guard found.company != nil || opensCompanies else { throw IssuerError.account(.noCompany) }
        let id: CompanyID = found.company ?? ids.next(at: now)
        let (known, ended): (Known, [SessionID]) = try await IssuerError.mapping {
            try await store.transaction(for: id) { [self] tx in
                let record = try person(identity, at: now, in: tx)
                let author = Author(actor: record.user.id.text, requestID: requestID)
                // Another request of the same people may have been first.
                let there = try Identities.company(company.subject, at: provider, in: tx)
                let books: Books
                if let there {
                    guard try Companies.lock(there, in: tx) != nil else { throw IssuerError.unauthenticated }
                    books = Books(
                        tx: tx, companyID: there, environment: .live, now: now, policyVersion: 0, author: author)
                } else {
                    books = try Books.opened(id, name: Name.of(company.name), by: author, at: now, in: tx)
                    try Identities.add(id, company.subject, at: provider, in: tx)
                }
                let ended = try take(company.role, for: record.user, in: books)
                try Memberships.setProvider(provider, of: record.user.id, in: books)
                return (Known(userID: record.user.id, companyID: books.companyID), ended)
            }
        }
        for session in ended { sessionMemory.forget(session) }
        return known
    }

    /// Makes the member's role what the provider says. The sessions that held another end.
    private func take(_ role: Role, for user: User, in books: Books) throws -> [SessionID] {
        guard let before = try Memberships.role(of: user.id, in: books.companyID, books.tx) else {
            try join(user, as: role, in: books)
            return []
        }
        guard before != role else { return [] }
        try Memberships.setRole(role, of: user.id, in: books)
        try books.audit(
            .memberRoleChanged, user.id.text, before: user.json(as: before), after: user.json(as: role))
        return try endRights(of: user.id, keepsInviting: role == .owner, in: books)
    }

    private func openCompany(of identity: ProviderIdentity, _ visitor: Visitor) async throws -> SignedIn {
        let now = clock.now()
        let id: CompanyID = ids.next(at: now)
        let token = try SessionToken.random(for: id)
        return try await IssuerError.mapping {
            try await store.transaction(for: id) { [self] tx in
                let record = try person(identity, at: now, in: tx)
                let author = Author(actor: record.user.id.text, requestID: visitor.requestID)
                let books = try Books.opened(id, name: Name.of(identity.label), by: author, at: now, in: tx)
                try join(record.user, as: .owner, in: books)
                return try beginSession(of: record, as: .owner, in: .live, visitor, token: token, in: books)
            }
        }
    }

    /// The person that the provider means: known, or new.
    private func person(
        _ identity: ProviderIdentity, at now: Instant, in tx: any StoreTransaction
    ) throws -> Users.Record {
        if let id = try Identities.user(identity.subject, at: identity.provider, in: tx) {
            guard let record = try Users.find(id, in: tx) else { throw IssuerError.unauthenticated }
            return record
        }
        let user = User(id: ids.next(at: now), email: nil, label: identity.label, createdAt: now)
        try Users.insert(user, passwordHash: nil, in: tx)
        try Identities.add(user.id, identity.subject, at: identity.provider, in: tx)
        return Users.Record(user: user, passwordHash: nil, credentialsVersion: 0, lastCompanyID: nil)
    }

    private func knownUser(_ identity: ProviderIdentity) async throws -> UserID? {
        try await IssuerError.mapping {
            try await store.globalTransaction { try Identities.user(identity.subject, at: identity.provider, in: $0) }
        }
    }

    private func user(_ id: UserID) async throws -> Users.Record {
        let record = try await IssuerError.mapping { try await store.globalTransaction { try Users.find(id, in: $0) } }
        guard let record else { throw IssuerError.unauthenticated }
        return record
    }
}

extension Name {
    /// What a provider calls a company or a person, as far as it can be shown.
    fileprivate static func of(_ text: String) -> Name {
        PlainText.visible(text, charactersMax: 100).flatMap { try? Name($0) } ?? Name(known: "Company")
    }
}
