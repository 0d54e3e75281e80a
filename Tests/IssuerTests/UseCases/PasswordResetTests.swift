import Testing

@testable import Issuer

/// The way back from a forgotten password.
@Suite struct PasswordResetTests {
    private static let fresh = "purple monkey dishes 9"

    private func reset(_ test: TestAccounts, _ token: PasswordResetToken, to text: String = fresh) async throws {
        try await test.issuer.resetPassword(token, to: Password(text)!, from: .test)
    }

    private func link(
        _ test: TestAccounts, _ user: UserID, as principal: Principal
    ) async throws -> PasswordResetToken {
        try await test.issuer.makePasswordReset(of: user, as: principal, once: nil).value.token
    }

    @Test("a link sets the password once, and ends every session of that member's, in every company")
    func once() async throws {
        let test = try await TestAccounts()
        let member = try await test.member("m@acme.example", .viewer)
        let token = try await link(test, member.user.id, as: test.owner.principal)
        for _ in 0..<2 {
            let preview = try await test.issuer.passwordReset(token)
            #expect(preview.email.text == "m@acme.example" && preview.companyName.text == "Acme")
        }
        #expect(await test.holds(member), "looking at it ends nothing")
        try await reset(test, token)
        #expect(await !test.holds(member))
        #expect(await test.holds(test.owner))
        #expect(await refusal { try await reset(test, token) } == .resetInvalid)
        #expect(await refusal { _ = try await test.signIn("m@acme.example") } == .wrongCredentials)
        #expect(try await test.signIn("m@acme.example", Self.fresh).role == .viewer)
        #expect(
            try await test.audit().suffix(3) == [
                "PASSWORD_RESET_MADE by owner", "PASSWORD_RESET by other", "SIGNED_IN by other",
            ])
    }

    @Test("of two who use one link at once, one sets the password")
    func race() async throws {
        let test = try await TestAccounts()
        let member = try await test.member("m@acme.example", .viewer)
        let token = try await link(test, member.user.id, as: test.owner.principal)
        async let one: Void? = try? reset(test, token)
        async let other: Void? = try? reset(test, token, to: "another seven ferries")
        let done: [Void] = await [one, other].compactMap(\.self)
        #expect(done.count == 1)
    }

    @Test(
        "a link that is a day old, that another took the place of, or whose password was changed meanwhile, opens nothing"
    )
    func ended() async throws {
        let test = try await TestAccounts()
        let member = try await test.member("m@acme.example", .viewer)
        let replaced = try await link(test, member.user.id, as: test.owner.principal)
        let old = try await link(test, member.user.id, as: test.owner.principal)
        #expect(await refusal { _ = try await test.issuer.passwordReset(replaced) } == .resetInvalid)
        test.clock.advance(seconds: Issuer.passwordResetSeconds - 1)
        _ = try await test.issuer.passwordReset(old)
        test.clock.advance(seconds: 1)
        #expect(await refusal { _ = try await test.issuer.passwordReset(old) } == .resetInvalid)
        let late = try await link(test, member.user.id, as: test.owner.principal)
        let again = try await test.signIn("m@acme.example")
        _ = try await test.issuer.changePassword(
            from: Password(TestAccounts.password)!, to: Password(Self.fresh)!, again, visitor: .test)
        #expect(await refusal { try await reset(test, late) } == .resetInvalid)
    }

    @Test(
        "nobody makes a link for somebody who may do more, nor for themselves",
        arguments: [
            (.owner, [.owner, .admin, .approver, .viewer]), (.admin, [.approver, .viewer]), (.approver, []),
            (.viewer, []),
        ] as [(Role, [Role])])
    func privilege(_ maker: Role, _ allowed: [Role]) async throws {
        let test = try await TestAccounts()
        let principal =
            maker == .owner ? test.owner.principal : try await test.member("x@acme.example", maker).principal
        for role in Role.allCases {
            let member = try await test.member("some-\(role.rawValue)@acme.example", role)
            let refused = await refusal { _ = try await link(test, member.user.id, as: principal) }
            #expect(refused == (allowed.contains(role) ? nil : .resetNotAllowed), "\(maker) for \(role)")
        }
        let myself = try #require(principal.credential.userID)
        #expect(await refusal { _ = try await link(test, myself, as: principal) } == .resetNotAllowed)
    }

    @Test("a link opens nothing once its maker could not make it any more")
    func makerOrMemberChanged() async throws {
        let test = try await TestAccounts()
        let admin = try await test.member("admin@acme.example", .admin)
        let member = try await test.member("m@acme.example", .viewer)
        let raised = try await link(test, member.user.id, as: admin.principal)
        try await test.issuer.changeRole(of: member.user.id, to: .owner, as: test.owner.principal)
        #expect(await refusal { try await reset(test, raised) } == .resetInvalid, "an admin would be an owner")
        try await test.issuer.changeRole(of: member.user.id, to: .viewer, as: test.owner.principal)
        let orphan = try await link(test, member.user.id, as: admin.principal)
        try await test.issuer.removeMember(admin.user.id, as: test.owner.principal)
        #expect(await refusal { try await reset(test, orphan) } == .resetInvalid)
    }

    @Test("no company says what a member of another company too signs in with, not even by a link made before")
    func elsewhere() async throws {
        let test = try await TestAccounts()
        let victim = try await TestAccounts.signUp(test.issuer, "victim@other.example", "Other")
        let invited = try await test.issuer.invite(as: .viewer, note: nil, by: test.owner.principal, once: nil).value
        _ = try await test.issuer.accept(
            invited.token, EmailAddress("victim@other.example"), Password(TestAccounts.password)!, from: .test)
        let refused = await refusal { _ = try await link(test, victim.user.id, as: test.owner.principal) }
        #expect(refused == .memberElsewhere)

        let member = try await test.member("m@acme.example", .viewer)
        let before = try await link(test, member.user.id, as: test.owner.principal)
        let other = try await test.issuer.invite(as: .owner, note: nil, by: victim.principal, once: nil).value
        _ = try await test.issuer.accept(other.token, test.signIn("m@acme.example"), from: .test)
        #expect(await refusal { try await reset(test, before) } == .resetInvalid)
    }

    @Test("somebody at the machine makes one for anybody with a password, and it ends their sessions in all companies")
    func atTheMachine() async throws {
        let test = try await TestAccounts()
        let second = try await TestAccounts.signUp(test.issuer, "second@other.example", "Other")
        let invited = try await test.issuer.invite(as: .viewer, note: nil, by: second.principal, once: nil).value
        let elsewhere = try await test.issuer.accept(
            invited.token, EmailAddress("owner@acme.example"), Password(TestAccounts.password)!, from: .test)
        let made = try await test.issuer.makePasswordReset(of: EmailAddress("owner@acme.example"))
        try await reset(test, made.token)
        #expect(await !test.holds(test.owner))
        #expect(await !test.holds(elsewhere))
        #expect(await test.holds(second))
        await #expect(throws: IssuerError.notFound(.member, "nobody@acme.example")) {
            try await test.issuer.makePasswordReset(of: EmailAddress("nobody@acme.example"))
        }
    }

    @Test("another company's member is not found, and a token of one kind opens nothing of another")
    func strangers() async throws {
        let test = try await TestAccounts()
        let stranger = try await TestAccounts.signUp(test.issuer, "s@other.example", "Other")
        await #expect(throws: IssuerError.notFound(.member, test.owner.user.id.text)) {
            try await test.issuer.makePasswordReset(of: test.owner.user.id, as: stranger.principal, once: nil).value
        }
        let invitation = try await test.issuer.invite(as: .owner, note: nil, by: test.owner.principal, once: nil).value
        let token = try #require(PasswordResetToken(invitation.token.text))
        #expect(await refusal { _ = try await test.issuer.passwordReset(token) } == .resetInvalid)
    }

    @Test("under one idempotency key there is one link, shown again")
    func idempotent() async throws {
        let test = try await TestAccounts()
        let member = try await test.member("m@acme.example", .viewer)
        let once = OnceOnly(key: try IdempotencyKey("k"), fingerprint: [1], requestID: "req_1")
        let first = try await test.issuer.makePasswordReset(of: member.user.id, as: test.owner.principal, once: once)
        let again = try await test.issuer.makePasswordReset(of: member.user.id, as: test.owner.principal, once: once)
        #expect(try first.value.token == again.value.token && again.replayed)
        let invited = OnceOnly(key: try IdempotencyKey("i"), fingerprint: [2], requestID: "req_2")
        let links = [
            try await test.issuer.invite(as: .viewer, note: nil, by: test.owner.principal, once: invited).value,
            try await test.issuer.invite(as: .viewer, note: nil, by: test.owner.principal, once: invited).value,
        ]
        #expect(links[0].token == links[1].token)
        #expect(try await test.issuer.invitations(as: test.owner.principal).count == 1)
    }
}

extension Answered {
    /// What it gave. Throws its refusal.
    var value: Value {
        get throws { try result.get() }
    }
}
