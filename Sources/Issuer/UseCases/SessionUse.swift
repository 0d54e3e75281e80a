/// Where somebody comes from, as they say themselves.
public struct Visitor: Sendable {
    /// What the browser calls itself; nobody relies on it.
    public let userAgent: String
    public let requestID: String?

    public init(userAgent: String?, requestID: String?) {
        let visible = (userAgent ?? "").utf8.filter { (0x20...0x7E).contains($0) }
        self.userAgent = String(decoding: visible.prefix(200), as: UTF8.self)
        self.requestID = requestID
    }
}

/// Sessions, from the sign-in to their end.
extension Issuer {
    /// How long a session lasts that a provider's token was exchanged for: so long may somebody go on whom it has removed.
    static let providerSessionSeconds: Int64 = 3600

    /// Whose session it is. Throws `unauthenticated` for one that is unknown, over or revoked, and never says which.
    ///
    /// `isUse`: somebody is there and asks. What a page asks for by itself keeps no session from being idle.
    public func authenticate(
        session token: SessionToken, isUse: Bool = true
    ) async throws -> SignedIn {
        let (now, digest) = (clock.now(), token.digest)
        if let known = sessionMemory.find(digest, at: now, isUse: isUse) { return known }
        let idleSeconds = settings.sessionIdleSeconds
        // What was seen here is written down a minute later.
        let seen: @Sendable (SessionID) -> Instant = { [self] in
            sessionMemory.lastSeen($0) ?? Instant(milliseconds: 0)
        }
        let signedIn: SignedIn? = try await IssuerError.mapping {
            try await store.read(for: token.companyID) { tx in
                guard let record = try Sessions.find(digest: digest, of: token.companyID, in: tx),
                    record.session.expiresAt > now,
                    max(record.session.lastSeenAt, seen(record.session.id)).adding(seconds: idleSeconds) > now,
                    let admission = try Companies.look(at: token.companyID, in: tx),
                    let name = try Companies.name(of: token.companyID, in: tx),
                    let person = try Users.find(record.session.userID, in: tx),
                    person.credentialsVersion == record.credentialsVersion,
                    let role = try Memberships.role(of: record.session.userID, in: token.companyID, tx)
                else { return nil }
                return SignedIn(
                    token, record.session, person.user, role, companyName: name, keyVersion: admission.keyVersion,
                    elsewhere: try Memberships.elsewhere(of: person.user.id, than: token.companyID, in: tx))
            }
        }
        guard let signedIn else { throw IssuerError.unauthenticated }
        sessionMemory.insert(signedIn, digest, at: now, isUse: isUse)
        return signedIn
    }

    /// Whether the session was good not long ago. It may be over: nothing is to be decided by this.
    public func knows(session token: SessionToken) -> Bool { sessionMemory.knows(token.digest) }

    /// Whether the session is still there, and opens what it did when it was read: that environment, by that role.
    static func holds(
        _ id: SessionID, of user: UserID, _ principal: Principal, in tx: any StoreTransaction
    ) throws(StorageError) -> Bool {
        guard let record = try Sessions.find(id, of: principal.companyID, in: tx),
            record.session.environment == principal.environment,
            let person = try Users.find(user, in: tx), person.credentialsVersion == record.credentialsVersion
        else { return false }
        return try Memberships.role(of: user, in: principal.companyID, tx) == principal.role
    }

    /// Begins a session in a transaction that has locked the company.
    func beginSession(
        of record: Users.Record, as role: Role, in environment: Environment, _ visitor: Visitor,
        token: SessionToken, secondsMax: Int64 = .max, in books: Books
    ) throws -> SignedIn {
        guard let name = try Companies.name(of: books.companyID, in: books.tx) else {
            throw IssuerError.unauthenticated
        }
        let session = Session(
            id: ids.next(at: books.now), userID: record.user.id, environment: environment, createdAt: books.now,
            lastSeenAt: books.now,
            expiresAt: books.now.adding(seconds: min(settings.sessionLifetimeSeconds, secondsMax)),
            userAgent: visitor.userAgent)
        try Sessions.insert(
            session, digest: token.digest, credentialsVersion: record.credentialsVersion, in: books)
        try Users.setLastCompany(books.companyID, of: record.user.id, in: books.tx)
        return SignedIn(token, session, record.user, role, companyName: name, keyVersion: books.keyVersion)
    }

    /// Ends the session that asks.
    public func signOut(_ signedIn: SignedIn) async throws {
        try await end(signedIn.session.id, as: signedIn.principal, isOwn: true)
    }

    /// Where the one who asks is signed in, in this company, newest first.
    public func sessions(as principal: Principal) async throws -> [Session] {
        let user = try Self.person(principal)
        let sessions = try await admitted(principal, isWriting: false) { books in
            try Sessions.list(of: user, in: books)
        }
        return sessions.map { session in
            var session = session
            if let seen = sessionMemory.lastSeen(session.id), seen > session.lastSeenAt { session.lastSeenAt = seen }
            return session
        }
    }

    /// Ends one of one's own sessions: it opens nothing from the next request on.
    public func revokeSession(_ id: SessionID, as principal: Principal) async throws {
        try await end(id, as: principal, isOwn: false)
    }

    private func end(_ id: SessionID, as principal: Principal, isOwn: Bool) async throws {
        let user = try Self.person(principal)
        try await admitted(principal, isWriting: true) { [self] books in
            guard try Sessions.find(id, of: books.companyID, in: books.tx)?.session.userID == user else {
                throw IssuerError.notFound(.session, id.text)
            }
            _ = try Sessions.delete(id, in: books)
            if !isOwn { try books.switched(to: .live).audit(.sessionRevoked, id.text) }
            try Companies.keysChanged(books.companyID, version: ids.version(at: books.now), in: books.tx)
        }
        sessionMemory.forget(id)
    }

    /// Opens the other environment in this session. Its forms that were loaded before are refused from then on.
    public func switchEnvironment(
        to environment: Environment, _ signedIn: SignedIn
    ) async throws {
        let id = signedIn.session.id
        try await admitted(signedIn.principal, isWriting: true) { [self] books in
            try Sessions.setEnvironment(environment, of: id, in: books)
            try Companies.keysChanged(books.companyID, version: ids.version(at: books.now), in: books.tx)
        }
        sessionMemory.forget(id)
    }

    /// Writes down when sessions were last used: one transaction a company.
    func write(_ sightings: [SessionMemory.Sighting]) async throws {
        for (company, sightings) in Dictionary(grouping: sightings, by: \.companyID) {
            try await IssuerError.mapping {
                try await store.transaction(for: company) { tx in
                    for sighting in sightings {
                        try Sessions.touch(sighting.sessionID, of: company, at: sighting.at, in: tx)
                        try Memberships.touch(sighting.userID, of: company, at: sighting.at, in: tx)
                    }
                }
            }
        }
    }

    /// The person who asks. Throws where it is an API key.
    static func person(_ principal: Principal) throws(IssuerError) -> UserID {
        guard let user = principal.credential.userID else { throw .account(.sessionOnly) }
        return user
    }
}

extension SignedIn {
    init(
        _ token: SessionToken, _ session: Session, _ user: User, _ role: Role, companyName: Name, keyVersion: Int64,
        elsewhere: [Membership] = []
    ) {
        self.init(
            principal: Principal(
                companyID: token.companyID, environment: session.environment,
                credential: .session(session.id, of: user.id), scopes: role.scopes, role: role,
                keyVersion: keyVersion),
            token: token, session: session, user: user, role: role, companyName: companyName, elsewhere: elsewhere)
    }
}
