/// What a link to join says to who opens it.
public struct InvitationPreview: Sendable {
    public let companyName: Name
    public let role: Role
    public let expiresAt: Instant
}

/// Somebody joins a company by a link that an owner handed out.
extension Issuer {
    /// What the link leads to. Throws `account(.invitationInvalid)` for one that leads nowhere.
    public func invitation(_ token: InvitationToken) async throws -> InvitationPreview {
        let now = clock.now()
        let preview: InvitationPreview? = try await IssuerError.mapping {
            try await store.read(for: token.companyID) { tx in
                guard let found = try Invitations.find(digest: token.digest, of: token.companyID, at: now, in: tx),
                    let name = try Companies.name(of: token.companyID, in: tx)
                else { return nil }
                return InvitationPreview(companyName: name, role: found.role, expiresAt: found.expiresAt)
            }
        }
        guard let preview else { throw IssuerError.account(.invitationInvalid) }
        return preview
    }

    /// Joins with an address and a password: those of somebody who is known, or new ones.
    public func accept(
        _ token: InvitationToken, _ email: EmailAddress, _ password: Password, from visitor: Visitor
    ) async throws -> SignedIn {
        // Before bcrypt: who has no link makes no work.
        let preview = try await invitation(token)
        let isKnown = try await IssuerError.mapping {
            try await store.globalTransaction { try Users.find(email, in: $0) != nil }
        }
        if isKnown {
            let record = try await verified(email, password)
            return try await accept(token, visitor) { _ in record }
        }
        try check(password, about: [email.text, preview.companyName.text])
        let hash = try await passwordHasher.hash(password)
        return try await accept(token, visitor) { [self] books in
            try addUser(email, hash: hash, at: books.now, in: books.tx)
        }
    }

    /// Joins as whoever is signed in, to another company; that session goes on there.
    public func accept(
        _ token: InvitationToken, _ signedIn: SignedIn, from visitor: Visitor
    ) async throws -> SignedIn {
        let user = signedIn.user.id
        let record = try await admitted(signedIn.principal, isWriting: false) { try Users.find(user, in: $0.tx) }
        guard let record else { throw IssuerError.unauthenticated }
        let next = try await accept(token, visitor) { _ in record }
        try await signOut(signedIn)
        return next
    }

    /// Uses the link up. From two who use it at once, one joins.
    func accept(
        _ token: InvitationToken, _ visitor: Visitor, _ person: @escaping @Sendable (Books) throws -> Users.Record
    ) async throws -> SignedIn {
        let session = try SessionToken.random(for: token.companyID)
        let signedIn = try await locked(token.companyID) { [self] books in
            let company = books.companyID
            guard let found = try Invitations.find(digest: token.digest, of: company, at: books.now, in: books.tx)
            else { throw IssuerError.account(.invitationInvalid) }
            let record = try person(books)
            guard try Memberships.role(of: record.user.id, in: company, books.tx) == nil else {
                throw IssuerError.account(.alreadyMember)
            }
            guard try Memberships.count(in: books) < Memberships.countMax else {
                throw IssuerError.account(.tooManyMembers)
            }
            // From here on they join.
            let theirs = books.by(record.user, visitor)
            _ = try Invitations.delete(found.id, in: theirs)
            try join(record.user, as: found.role, in: theirs)
            return try beginSession(of: record, as: found.role, in: .live, visitor, token: session, in: theirs)
        }
        guard let signedIn else { throw IssuerError.account(.invitationInvalid) }
        return signedIn
    }
}
