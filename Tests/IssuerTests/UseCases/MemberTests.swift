import Testing

@testable import Issuer

/// Who is a member, and what members may do.
@Suite struct MemberTests {
    @Test(
        "a role may do what its scopes say, and all that the roles before it may",
        arguments: [
            (.viewer, [.read]), (.approver, [.read, .approve]),
            (.admin, [.read, .approve, .manage, .authorize]), (.owner, [.read, .approve, .manage, .authorize]),
        ] as [(Role, Set<Scope>)])
    func scopes(_ role: Role, _ scopes: Set<Scope>) async throws {
        let test = try await TestAccounts()
        let member = try await test.member("m@acme.example", role)
        #expect(member.principal.scopes == scopes && member.role == role)
        for lower in Role.allCases where lower < role { #expect(lower.scopes.isSubset(of: scopes)) }
        let makesAgents = try? await test.issuer.createAgent(
            AgentDraft(name: Name("Buyer")), as: member.principal, once: nil)
        #expect((makesAgents != nil) == scopes.contains(.manage))
        let invited = await refusal {
            _ = try await test.issuer.invite(as: .viewer, note: nil, by: member.principal, once: nil).value
        }
        #expect(invited == (role == .owner ? nil : .ownersOnly))
    }

    @Test(
        "nobody but an owner says who the members are: not an admin, not an API key of an owner's, not a test session")
    func owners() async throws {
        let test = try await TestAccounts()
        let admin = try await test.member("admin@acme.example", .admin)
        let made = try await test.issuer.createAPIKey(
            APIKeyDraft(name: Name("Key")), as: test.owner.principal, once: nil
        ).result.get()
        let key = try await test.issuer.authenticate(apiKey: made.secret)
        for (principal, expected) in [(admin.principal, AccountRefusal.ownersOnly), (key, .sessionOnly)] {
            let refused = await [
                refusal { _ = try await test.issuer.invite(as: .owner, note: nil, by: principal, once: nil).value },
                refusal { _ = try await test.issuer.invitations(as: principal) },
                refusal { try await test.issuer.changeRole(of: admin.user.id, to: .owner, as: principal) },
                refusal { try await test.issuer.removeMember(test.owner.user.id, as: principal) },
            ]
            #expect(refused == Array(repeating: expected, count: 4))
        }
        #expect(await refusal { _ = try await test.issuer.members(as: key) } == .sessionOnly)
        #expect(await refusal { _ = try await test.issuer.sessions(as: key) } == .sessionOnly)
    }

    @Test("a key that a member makes can do no more than the member")
    func keys() async throws {
        let test = try await TestAccounts()
        let admin = try await test.member("admin@acme.example", .admin)
        let made = try await test.issuer.createAPIKey(
            APIKeyDraft(name: Name("Key"), scopes: [.approve, .manage]), as: admin.principal, once: nil
        ).result.get()
        #expect(made.key.expiresAt == nil, "a session's end is not the key's")
        let approver = try await test.member("approver@acme.example", .approver)
        await #expect(throws: IssuerError.forbidden(.manage)) {
            try await test.issuer.createAPIKey(
                APIKeyDraft(name: Name("Key"), scopes: [.read]), as: approver.principal, once: nil)
        }
    }

    @Test("a changed role is in force at once: the sessions that held the old one end")
    func changedRole() async throws {
        let test = try await TestAccounts()
        let admin = try await test.member("admin@acme.example", .admin)
        try await test.issuer.changeRole(of: admin.user.id, to: .viewer, as: test.owner.principal)
        #expect(await !test.holds(admin))
        await #expect(throws: IssuerError.unauthenticated) {
            try await test.issuer.createAgent(AgentDraft(name: Name("Buyer")), as: admin.principal, once: nil)
        }
        let again = try await test.signIn("admin@acme.example")
        #expect(again.role == .viewer && again.principal.scopes == [.read])
        #expect(try await test.audit().last == "SIGNED_IN by other")
        #expect(try await test.audit().contains("MEMBER_ROLE_CHANGED by owner"))
    }

    @Test("who was removed is out at once, and cannot sign in")
    func removed() async throws {
        let test = try await TestAccounts()
        let admin = try await test.member("admin@acme.example", .admin)
        try await test.issuer.removeMember(admin.user.id, as: test.owner.principal)
        #expect(await !test.holds(admin))
        await #expect(throws: IssuerError.unauthenticated) {
            try await test.issuer.agents(page: Page(), as: admin.principal)
        }
        #expect(await refusal { _ = try await test.signIn("admin@acme.example") } == .noCompany)
        #expect(await refusal { _ = try await test.signIn("admin@acme.example", "x") } == .wrongCredentials)
    }

    @Test("everybody can leave, but the last owner, who cannot step down either")
    func lastOwner() async throws {
        let test = try await TestAccounts()
        let (me, principal) = (test.owner.user.id, test.owner.principal)
        #expect(await refusal { try await test.issuer.removeMember(me, as: principal) } == .lastOwner)
        #expect(await refusal { try await test.issuer.changeRole(of: me, to: .admin, as: principal) } == .lastOwner)
        let viewer = try await test.member("viewer@acme.example", .viewer)
        try await test.issuer.removeMember(viewer.user.id, as: viewer.principal)
        let second = try await test.member("second@acme.example", .owner)
        try await test.issuer.changeRole(of: me, to: .admin, as: principal)
        #expect(await !test.holds(test.owner))
        let refused = await refusal {
            try await test.issuer.removeMember(second.user.id, as: second.principal)
        }
        #expect(refused == .lastOwner)
    }

    @Test("two owners who remove each other at once leave one")
    func race() async throws {
        let test = try await TestAccounts()
        let colleague = try await test.member("second@acme.example", .owner)
        func removes(_ other: SignedIn, _ one: SignedIn) async -> Bool {
            (try? await test.issuer.removeMember(other.user.id, as: one.principal)) != nil
        }
        async let first = removes(colleague, test.owner)
        async let second = removes(test.owner, colleague)
        #expect(await first != second)
    }

    @Test("another company's members, sessions and invitations are not found")
    func isolated() async throws {
        let test = try await TestAccounts()
        let link = try await test.issuer.invite(as: .viewer, note: nil, by: test.owner.principal, once: nil).value
        let stranger = try await TestAccounts.signUp(test.issuer, "stranger@other.example", "Other").principal
        let (user, session) = (test.owner.user.id, test.owner.session.id)
        await #expect(throws: IssuerError.notFound(.member, user.text)) {
            try await test.issuer.removeMember(user, as: stranger)
        }
        await #expect(throws: IssuerError.notFound(.member, user.text)) {
            try await test.issuer.changeRole(of: user, to: .viewer, as: stranger)
        }
        await #expect(throws: IssuerError.notFound(.session, session.text)) {
            try await test.issuer.revokeSession(session, as: stranger)
        }
        await #expect(throws: IssuerError.notFound(.invitation, link.invitation.id.text)) {
            try await test.issuer.withdrawInvitation(link.invitation.id, as: stranger)
        }
        #expect(try await test.issuer.members(as: stranger).map(\.user.label) == ["stranger@other.example"])
        #expect(await test.holds(test.owner))
        // Nor a colleague's session.
        let admin = try await test.member("admin@acme.example", .admin)
        await #expect(throws: IssuerError.notFound(.session, session.text)) {
            try await test.issuer.revokeSession(session, as: admin.principal)
        }
    }
}
