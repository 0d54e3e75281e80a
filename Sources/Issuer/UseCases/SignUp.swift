/// A new company and its first owner.
public struct SignUpDraft: Sendable {
    public let company: Name
    public let email: EmailAddress
    public let password: Password

    public init(company: Name, email: EmailAddress, password: Password) {
        self.company = company
        self.email = email
        self.password = password
    }
}

extension Issuer {
    /// Opens a company's books for a person who is new, and signs that person in as its owner.
    ///
    /// Throws `account(.emailTaken)` for an address that somebody has: without mail there is no other way to say it. It
    /// takes as long as success, and who asks too often is refused before.
    public func signUp(_ draft: SignUpDraft, from visitor: Visitor) async throws -> SignedIn {
        try check(draft.password, about: [draft.email.text, draft.company.text])
        let hash = try await passwordHasher.hash(draft.password)
        let now = clock.now()
        let companyID: CompanyID = ids.next(at: now)
        let token = try SessionToken.random(for: companyID)
        return try await IssuerError.mapping {
            try await store.transaction(for: companyID) { [self] tx in
                let record = try addUser(draft.email, hash: hash, at: now, in: tx)
                let author = Author(actor: record.user.id.text, requestID: visitor.requestID)
                let books = try Books.opened(companyID, name: draft.company, by: author, at: now, in: tx)
                try join(record.user, as: .owner, in: books)
                return try beginSession(of: record, as: .owner, in: .live, visitor, token: token, in: books)
            }
        }
    }

    func check(_ password: Password, about: [String]) throws(IssuerError) {
        do throws(InvalidValue) {
            try password.check(charactersMin: settings.passwordCharactersMin, about: about)
        } catch {
            throw .invalid(field: "password", error)
        }
    }

    /// Throws `account(.emailTaken)`.
    func addUser(
        _ email: EmailAddress, hash: String, at now: Instant, in tx: any StoreTransaction
    ) throws -> Users.Record {
        guard try Users.find(email, in: tx) == nil else { throw IssuerError.account(.emailTaken) }
        let user = User(id: ids.next(at: now), email: email, label: email.text, createdAt: now)
        try Users.insert(user, passwordHash: hash, in: tx)
        return Users.Record(user: user, passwordHash: hash, credentialsVersion: 0, lastCompanyID: nil)
    }

    /// Makes somebody a member, in both directions of looking.
    func join(_ user: User, as role: Role, in books: Books) throws(StorageError) {
        try Memberships.insert(user.id, role, in: books)
        try Users.add(books.companyID, to: user.id, in: books.tx)
        try books.audit(.memberJoined, user.id.text, after: user.json(as: role))
    }
}

extension User {
    /// As the audit log has it.
    func json(as role: Role) -> String {
        JSONWriter.text { json in
            json.object { json in
                json.member("id", id.text)
                json.member("label", label)
                json.member("role", role.rawValue)
            }
        }
    }
}
