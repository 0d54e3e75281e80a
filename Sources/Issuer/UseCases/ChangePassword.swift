extension Issuer {
    /// Changes the password of whoever is signed in, and ends every session of theirs, in every company, but the one that
    /// asks, which goes on under a new token.
    public func changePassword(
        from current: Password, to new: Password, _ signedIn: SignedIn, visitor: Visitor
    ) async throws -> SignedIn {
        guard let email = signedIn.user.email else { throw IssuerError.account(.wrongCredentials) }
        try check(new, about: [email.text, signedIn.companyName.text])
        let record = try await verified(email, current)
        guard record.user.id == signedIn.user.id else { throw IssuerError.account(.wrongCredentials) }
        let hash = try await passwordHasher.hash(new)
        // The session must hold until here; what it holds by changes now.
        let version = try await admitted(signedIn.principal, isWriting: true) { [self] books in
            guard
                let version = try Users.setPassword(
                    hash, of: record.user.id, ifStill: record.credentialsVersion, endingSessions: true, in: books.tx)
            else { throw IssuerError.account(.wrongCredentials) }
            try books.switched(to: .live).audit(.passwordChanged, record.user.id.text)
            try Companies.keysChanged(books.companyID, version: ids.version(at: books.now), in: books.tx)
            return version
        }
        let renewed = Users.Record(
            user: record.user, passwordHash: hash, credentialsVersion: version, lastCompanyID: record.lastCompanyID)
        for company in try await companies(of: renewed) { try await endSessions(of: record.user.id, in: company) }
        guard
            let next = try await begin(
                signedIn.principal.companyID, renewed, signedIn.principal.environment, visitor)
        else { throw IssuerError.unauthenticated }
        return next
    }

    /// They hold no more since the credentials changed; this takes them out of sight, and out of every issuer's memory.
    func endSessions(of user: UserID, in company: CompanyID) async throws {
        let ended = try await locked(company) { [self] books in
            try endRights(of: user, keepsInviting: true, in: books)
        }
        for id in ended ?? [] { sessionMemory.forget(id) }
    }
}
