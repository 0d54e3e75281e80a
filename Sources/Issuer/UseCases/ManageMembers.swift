/// A link that lets somebody join, shown this once.
public struct NewInvitation: Sendable, Codable {
    public let invitation: Invitation
    public let token: InvitationToken
}

/// Who is a member of a company, and as what: the owners' affair.
extension Issuer {
    static let invitationSeconds: Int64 = 7 * 86_400

    /// Whoever joined first comes first. For people alone: an API key sees no addresses.
    public func members(as principal: Principal) async throws -> [Member] {
        _ = try Self.person(principal)
        return try await admitted(principal, isWriting: false) { books in try Memberships.list(in: books) }
    }

    /// Makes a link with which one person may join as `role`, within a week.
    public func invite(
        as role: Role, note: Name?, by principal: Principal, once attempt: OnceOnly?
    ) async throws -> Answered<NewInvitation> {
        try Self.checkOwner(principal)
        return try await admitted(principal, isWriting: true) { [self] books in
            try once(attempt, holdsSecret: true, in: books) { books in
                try invite(as: role, note: note, in: books.switched(to: .live))
            }
        }
    }

    /// The same for somebody at the issuer's machine: how the first owner gets into a company that a command made.
    public func invite(as role: Role, note: Name?, to company: CompanyID) async throws -> NewInvitation {
        try await atMachine(company) { [self] books in try invite(as: role, note: note, in: books) }
    }

    private func invite(as role: Role, note: Name?, in books: Books) throws -> NewInvitation {
        guard try Invitations.count(in: books) < Invitations.openMax,
            try Memberships.count(in: books) < Memberships.countMax
        else { throw IssuerError.account(.tooManyMembers) }
        let token = try InvitationToken.random(for: books.companyID)
        let invitation = Invitation(
            id: ids.next(at: books.now), role: role, note: note, createdBy: UserID(books.author.actor),
            createdAt: books.now, expiresAt: books.now.adding(seconds: Self.invitationSeconds))
        try Invitations.insert(invitation, digest: token.digest, in: books)
        try books.audit(.memberInvited, invitation.id.text, after: invitation.json)
        return NewInvitation(invitation: invitation, token: token)
    }

    /// Those that are open, newest first.
    public func invitations(as principal: Principal) async throws -> [Invitation] {
        try await asOwner(principal) { books in try Invitations.list(in: books) }
    }

    /// From the next request on the link opens nothing.
    public func withdrawInvitation(_ id: InvitationID, as principal: Principal) async throws {
        try await asOwner(principal) { books in
            guard let invitation = try Invitations.delete(id, in: books) else {
                throw IssuerError.notFound(.invitation, id.text)
            }
            try books.audit(.invitationWithdrawn, id.text, before: invitation.json)
        }
    }

    /// Changes what a member may do. Their sessions end, as they hold the old rights; the links that they handed out as an
    /// owner open nothing once they are none.
    public func changeRole(
        of user: UserID, to role: Role, as principal: Principal
    ) async throws {
        let ended = try await asOwner(principal) { [self] books in
            let before = try Self.role(of: user, in: books)
            guard before != role else { return [SessionID]() }
            if before == .owner { try Self.requireAnotherOwner(in: books) }
            try Memberships.setRole(role, of: user, in: books)
            try books.audit(
                .memberRoleChanged, user.text, before: Self.json(role: before), after: Self.json(role: role))
            return try endRights(of: user, keepsInviting: role == .owner, in: books)
        }
        for id in ended { sessionMemory.forget(id) }
    }

    /// Takes a member out of the company: an owner anybody, everybody themselves. API keys that they made stay: whoever
    /// has read them can use them until they are revoked.
    public func removeMember(_ user: UserID, as principal: Principal) async throws {
        let ended = try await asOwner(principal, orMyself: user) { [self] books in
            let role = try Self.role(of: user, in: books)
            if role == .owner { try Self.requireAnotherOwner(in: books) }
            try Memberships.delete(user, in: books)
            try Users.remove(books.companyID, from: user, in: books.tx)
            try books.audit(.memberRemoved, user.text, before: Self.json(role: role))
            return try endRights(of: user, keepsInviting: false, in: books)
        }
        for id in ended { sessionMemory.forget(id) }
    }

    /// Ends a member's sessions here and gives which they were.
    func endRights(of user: UserID, keepsInviting: Bool, in books: Books) throws -> [SessionID] {
        if !keepsInviting { try Invitations.deleteAll(by: user, in: books) }
        let ended = try Sessions.list(of: user, in: books).map(\.id)
        try Sessions.deleteAll(of: user, in: books)
        try Companies.keysChanged(books.companyID, version: ids.version(at: books.now), in: books.tx)
        return ended
    }

    /// Runs `body` for an owner, or for whoever asks about themselves. Members are the same in both environments, and
    /// what is done to them stands in the live one's log.
    private func asOwner<Value: Sendable>(
        _ principal: Principal, orMyself: UserID? = nil, _ body: @escaping @Sendable (Books) throws -> Value
    ) async throws -> Value {
        let person = try Self.person(principal)
        if person != orMyself { try Self.checkOwner(principal) }
        return try await admitted(principal, isWriting: true) { books in
            try body(books.switched(to: .live))
        }
    }

    private static func checkOwner(_ principal: Principal) throws(IssuerError) {
        _ = try person(principal)
        guard principal.role == .owner else { throw IssuerError.account(.ownersOnly) }
    }

    static func role(of user: UserID, in books: Books) throws -> Role {
        guard let role = try Memberships.role(of: user, in: books.companyID, books.tx) else {
            throw IssuerError.notFound(.member, user.text)
        }
        return role
    }

    private static func requireAnotherOwner(in books: Books) throws {
        guard try Memberships.ownerCount(in: books) > 1 else { throw IssuerError.account(.lastOwner) }
    }

    private static func json(role: Role) -> String {
        JSONWriter.text { json in json.object { $0.member("role", role.rawValue) } }
    }
}

extension Invitation {
    /// As the audit log has it.
    var json: String {
        JSONWriter.text { json in
            json.object { json in
                json.member("id", id.text)
                json.member("role", role.rawValue)
                json.member("note", note?.text)
                json.member("expiresAt", expiresAt)
            }
        }
    }
}
