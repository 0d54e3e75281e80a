/// A link by which a member sets another password, shown this once.
public struct NewPasswordReset: Sendable, Codable {
    public let userID: UserID
    public let token: PasswordResetToken
    public let expiresAt: Instant
}

/// What such a link says to who opens it.
public struct PasswordResetPreview: Sendable {
    public let companyName: Name
    public let email: EmailAddress
    public let expiresAt: Instant
}

/// The way back from a forgotten password. There is no mail: a member who may hands the link over, or somebody at the
/// issuer's machine does.
///
/// With such a link one could sign in as that member. So it is made for nobody who has more rights than its maker, nor for
/// a member of another company too; and all of that is asked again when it is used.
extension Issuer {
    static let passwordResetSeconds: Int64 = 86_400

    /// Makes the link, in place of one that the member may have already.
    public func makePasswordReset(
        of user: UserID, as principal: Principal, once attempt: OnceOnly?
    ) async throws -> Answered<NewPasswordReset> {
        let maker = try Self.person(principal)
        guard let role = principal.role, role.mayReset(.viewer) else { throw IssuerError.account(.resetNotAllowed) }
        return try await admitted(principal, isWriting: true) { [self] books in
            try once(attempt, holdsSecret: true, in: books) { books in
                let theirs = try Self.role(of: user, in: books)
                // Their own they change with the one that they have: who finds a session open must not be able to.
                guard user != maker, role.mayReset(theirs) else { throw IssuerError.account(.resetNotAllowed) }
                guard try Users.companies(of: user, in: books.tx) == [books.companyID] else {
                    throw IssuerError.account(.memberElsewhere)
                }
                return try makeReset(of: user, by: maker, in: books.switched(to: .live))
            }
        }
    }

    /// The same for somebody at the issuer's machine: for whoever signs in with that address.
    public func makePasswordReset(of email: EmailAddress) async throws -> NewPasswordReset {
        let found = try await IssuerError.mapping {
            try await store.globalTransaction { try Users.find(email, in: $0) }
        }
        guard let found else { throw IssuerError.notFound(.member, email.text) }
        guard let company = try await companies(of: found).first else { throw IssuerError.account(.noCompany) }
        let made = try await locked(company, by: .command) { [self] books in
            _ = try Self.role(of: found.user.id, in: books)
            return try makeReset(of: found.user.id, by: nil, in: books)
        }
        guard let made else { throw IssuerError.account(.noCompany) }
        return made
    }

    private func makeReset(of user: UserID, by maker: UserID?, in books: Books) throws -> NewPasswordReset {
        guard let person = try Users.find(user, in: books.tx), person.passwordHash != nil else {
            throw IssuerError.account(.noPassword)
        }
        let token = try PasswordResetToken.random(for: books.companyID)
        let record = PasswordResets.Record(
            userID: user, createdBy: maker, credentialsVersion: person.credentialsVersion,
            expiresAt: books.now.adding(seconds: Self.passwordResetSeconds))
        try PasswordResets.insert(record, digest: token.digest, in: books)
        try books.audit(.passwordResetMade, user.text)
        return NewPasswordReset(userID: user, token: token, expiresAt: record.expiresAt)
    }

    /// What the link leads to. Throws `account(.resetInvalid)` for one that leads nowhere.
    public func passwordReset(_ token: PasswordResetToken) async throws -> PasswordResetPreview {
        let now = clock.now()
        return try await IssuerError.mapping {
            try await store.read(for: token.companyID) { tx in
                let (reset, person) = try Self.opened(token, at: now, in: tx)
                guard let name = try Companies.name(of: token.companyID, in: tx), let email = person.user.email else {
                    throw IssuerError.account(.resetInvalid)
                }
                return PasswordResetPreview(companyName: name, email: email, expiresAt: reset.expiresAt)
            }
        }
    }

    /// Sets the password, uses the link up, and ends every session of theirs, in every company. Signs nobody in.
    public func resetPassword(
        _ token: PasswordResetToken, to new: Password, from visitor: Visitor
    ) async throws {
        // Before bcrypt: who has no link makes no work.
        let preview = try await passwordReset(token)
        try check(new, about: [preview.email.text, preview.companyName.text])
        let hash = try await passwordHasher.hash(new)
        let person = try await locked(token.companyID) { books in
            let (_, person) = try Self.opened(token, at: books.now, in: books.tx)
            let id = person.user.id
            guard
                try Users.setPassword(
                    hash, of: id, ifStill: person.credentialsVersion, endingSessions: true, in: books.tx) != nil
            else { throw IssuerError.account(.resetInvalid) }
            try PasswordResets.delete(of: id, in: books)
            try books.by(person.user, visitor).audit(.passwordReset, id.text)
            return person
        }
        guard let person else { throw IssuerError.account(.resetInvalid) }
        for company in try await companies(of: person) { try await endSessions(of: person.user.id, in: company) }
    }

    /// The link and whose it is. Throws where its maker could not make it any more, or the password changed meanwhile.
    private static func opened(
        _ token: PasswordResetToken, at now: Instant, in tx: any StoreTransaction
    ) throws -> (PasswordResets.Record, Users.Record) {
        let company = token.companyID
        guard let reset = try PasswordResets.find(digest: token.digest, of: company, at: now, in: tx),
            let person = try Users.find(reset.userID, in: tx), person.credentialsVersion == reset.credentialsVersion,
            let role = try Memberships.role(of: person.user.id, in: company, tx)
        else { throw IssuerError.account(.resetInvalid) }
        guard let maker = reset.createdBy else { return (reset, person) }
        guard let makers = try Memberships.role(of: maker, in: company, tx), makers.mayReset(role),
            try Users.companies(of: person.user.id, in: tx) == [company]
        else { throw IssuerError.account(.resetInvalid) }
        return (reset, person)
    }
}
