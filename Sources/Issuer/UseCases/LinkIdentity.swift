/// An identity provider, beside one's password. Only whoever is signed in links their own account, with their password
/// said again; an e-mail address that the provider names links nothing.
extension Issuer {
    /// The providers that sign this person in.
    public func providers(of signedIn: SignedIn) async throws -> [String] {
        let user = signedIn.user.id
        return try await admitted(signedIn.principal, isWriting: false) { books in
            try Identities.providers(of: user, in: books.tx)
        }
    }

    /// Throws `account(.wrongCredentials)` unless it is the password of whoever is signed in.
    public func confirm(_ password: Password, of signedIn: SignedIn) async throws {
        guard let email = signedIn.user.email else { throw IssuerError.account(.noPassword) }
        guard try await verified(email, password).user.id == signedIn.user.id else {
            throw IssuerError.account(.wrongCredentials)
        }
    }

    /// Lets the provider sign this person in from now on. Whom it signed in here before stays who they are: throws
    /// `account(.identityTaken)`.
    public func link(_ identity: ProviderIdentity, to signedIn: SignedIn) async throws {
        let user = signedIn.user.id
        try await admitted(signedIn.principal, isWriting: true) { books in
            let known = try Identities.user(identity.subject, at: identity.provider, in: books.tx)
            guard known != user else { return }
            guard known == nil, try !Identities.providers(of: user, in: books.tx).contains(identity.provider) else {
                throw IssuerError.account(.identityTaken)
            }
            try Identities.add(user, identity.subject, at: identity.provider, in: books.tx)
            try books.switched(to: .live).audit(
                .identityLinked, user.text, after: Self.json(provider: identity.provider))
        }
    }

    /// Takes that away. Who has no password would be locked out: throws `account(.noPassword)`.
    public func unlink(
        _ provider: String, from signedIn: SignedIn, _ password: Password
    ) async throws {
        try await confirm(password, of: signedIn)
        let user = signedIn.user.id
        try await admitted(signedIn.principal, isWriting: true) { books in
            guard try Identities.remove(user, at: provider, in: books.tx) else { return }
            try books.switched(to: .live).audit(.identityUnlinked, user.text, before: Self.json(provider: provider))
        }
    }

    private static func json(provider: String) -> String {
        JSONWriter.text { json in json.object { $0.member("provider", provider) } }
    }
}
