import Testing

@testable import Issuer

/// An identity provider beside a password, and companies that a provider rules.
@Suite struct IdentityTests {
    private static let provider = "https://login.example"

    private func identity(_ subject: String, label: String = "Somebody") -> ProviderIdentity {
        ProviderIdentity(provider: Self.provider, subject: subject, label: label)
    }

    @Test("a linked provider signs in to the account, and to no other, until it is unlinked")
    func linked() async throws {
        let test = try await TestAccounts()
        try await test.issuer.link(identity("ada"), to: test.owner)
        let entered = try await test.issuer.signIn(
            identity("ada"), invitation: nil, opensCompanies: true, from: .test)
        #expect(entered.user.id == test.owner.user.id)
        #expect(try await test.issuer.providers(of: test.owner) == [Self.provider])
        try await test.issuer.unlink(Self.provider, from: test.owner, Password(TestAccounts.password)!)
        let other = try await test.issuer.signIn(identity("ada"), invitation: nil, opensCompanies: true, from: .test)
        #expect(other.user.id != test.owner.user.id)
        #expect(try await test.audit().contains("IDENTITY_LINKED by owner"))
        #expect(try await test.audit().contains("IDENTITY_UNLINKED by owner"))
    }

    @Test("who is somebody here already is linked to nobody else, and an account to one person of a provider")
    func taken() async throws {
        let test = try await TestAccounts()
        _ = try await test.issuer.signIn(identity("bob"), invitation: nil, opensCompanies: true, from: .test)
        #expect(await refusal { try await test.issuer.link(identity("bob"), to: test.owner) } == .identityTaken)
        try await test.issuer.link(identity("ada"), to: test.owner)
        try await test.issuer.link(identity("ada"), to: test.owner)
        #expect(await refusal { try await test.issuer.link(identity("eve"), to: test.owner) } == .identityTaken)
    }

    @Test("nothing is unlinked with a wrong password, nor from who has none")
    func unlinking() async throws {
        let test = try await TestAccounts()
        try await test.issuer.link(identity("ada"), to: test.owner)
        let wrong = await refusal {
            try await test.issuer.unlink(Self.provider, from: test.owner, Password("a wrong password")!)
        }
        #expect(wrong == .wrongCredentials)
        let theirs = try await test.issuer.signIn(identity("bob"), invitation: nil, opensCompanies: true, from: .test)
        let alone = await refusal {
            try await test.issuer.unlink(Self.provider, from: theirs, Password(TestAccounts.password)!)
        }
        #expect(alone == .noPassword)
        #expect(try await test.issuer.providers(of: test.owner) == [Self.provider])
    }

    @Test("into a company that a provider rules, nobody goes on with what is remembered of them")
    func ruled() async throws {
        let test = try await TestAccounts()
        func theirs(_ company: String) -> ProviderIdentity {
            ProviderIdentity(
                provider: Self.provider, subject: "ada", label: "Ada",
                company: .init(subject: company, name: company, role: .owner))
        }
        let work = try await test.issuer.signIn(theirs("org:work"), invitation: nil, opensCompanies: true, from: .test)
        let own = try await test.issuer.signIn(theirs("user:ada"), invitation: nil, opensCompanies: true, from: .test)
        await #expect(throws: IssuerError.notFound(.company, work.principal.companyID.text)) {
            try await test.issuer.switchCompany(to: work.principal.companyID, own, from: .test)
        }
        #expect(own.elsewhere.isEmpty)
    }

    @Test("who was removed from their only company begins anew where anybody may, and nowhere else")
    func begunAnew() async throws {
        let test = try await TestAccounts()
        let link = try await test.issuer.invite(as: .viewer, note: nil, by: test.owner.principal, once: nil).value.token
        let joined = try await test.issuer.signIn(identity("bob"), invitation: link, opensCompanies: false, from: .test)
        try await test.issuer.removeMember(joined.user.id, as: test.owner.principal)
        let closed = await refusal {
            _ = try await test.issuer.signIn(identity("bob"), invitation: nil, opensCompanies: false, from: .test)
        }
        #expect(closed == .noCompany)
        let anew = try await test.issuer.signIn(identity("bob"), invitation: nil, opensCompanies: true, from: .test)
        #expect(anew.role == .owner && anew.principal.companyID != test.owner.principal.companyID)
    }
}
