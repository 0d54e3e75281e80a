import Testing

@testable import Issuer

/// Links by which somebody joins.
@Suite struct InvitationTests {
    @Test("a link is good for one person, and looking at it uses nothing up")
    func once() async throws {
        let test = try await TestAccounts()
        let link = try await test.issuer.invite(as: .approver, note: Name("Bob"), by: test.owner.principal, once: nil)
            .value.token
        for _ in 0..<2 { #expect(try await test.issuer.invitation(link).role == .approver) }
        async let one = try? test.issuer.accept(
            link, EmailAddress("one@acme.example"), Password(TestAccounts.password)!, from: .test)
        async let other = try? test.issuer.accept(
            link, EmailAddress("two@acme.example"), Password(TestAccounts.password)!, from: .test)
        let joined = await [one, other].compactMap(\.self)
        #expect(joined.map(\.role) == [.approver])
        #expect(await refusal { _ = try await test.issuer.invitation(link) } == .invitationInvalid)
        #expect(try await test.issuer.members(as: test.owner.principal).count == 2)
        #expect(
            try await test.audit() == [
                "COMPANY_CREATED by owner", "MEMBER_JOINED by owner", "MEMBER_INVITED by owner",
                "MEMBER_JOINED by other",
            ])
    }

    @Test("a link that is a week old, or withdrawn, or whose inviter is no owner any more, leads nowhere")
    func ended() async throws {
        let test = try await TestAccounts()
        let second = try await test.member("second@acme.example", .owner)
        let withdrawn = try await test.issuer.invite(as: .viewer, note: nil, by: test.owner.principal, once: nil).value
        try await test.issuer.withdrawInvitation(withdrawn.invitation.id, as: test.owner.principal)
        let orphan = try await test.issuer.invite(as: .owner, note: nil, by: second.principal, once: nil).value
        try await test.issuer.changeRole(of: second.user.id, to: .admin, as: test.owner.principal)
        let old = try await test.issuer.invite(as: .viewer, note: nil, by: test.owner.principal, once: nil).value
        for link in [withdrawn, orphan] {
            #expect(await refusal { _ = try await test.issuer.invitation(link.token) } == .invitationInvalid)
        }
        test.clock.advance(seconds: Issuer.invitationSeconds - 1)
        _ = try await test.issuer.invitation(old.token)
        test.clock.advance(seconds: 1)
        let refused = await refusal {
            _ = try await test.issuer.accept(
                old.token, EmailAddress("late@acme.example"), Password(TestAccounts.password)!, from: .test)
        }
        #expect(refused == .invitationInvalid)
    }

    @Test("who is known joins with the password they have; a wrong one uses nothing up")
    func known() async throws {
        let test = try await TestAccounts()
        _ = try await TestAccounts.signUp(test.issuer, "bob@other.example", "Other")
        let link = try await test.issuer.invite(as: .admin, note: nil, by: test.owner.principal, once: nil).value.token
        let bob = try EmailAddress("bob@other.example")
        let refused = await refusal {
            _ = try await test.issuer.accept(link, bob, Password("another password")!, from: .test)
        }
        #expect(refused == .wrongCredentials)
        let joined = try await test.issuer.accept(link, bob, Password(TestAccounts.password)!, from: .test)
        #expect(joined.companyName.text == "Acme" && joined.role == .admin)
        let elsewhere = try await test.issuer.authenticate(session: joined.token).elsewhere
        #expect(elsewhere.map(\.companyName.text) == ["Other"] && elsewhere.map(\.role) == [.owner])
        // Signing in leads to the company that was used last.
        #expect(try await test.signIn("bob@other.example").companyName.text == "Acme")
        let back = try #require(elsewhere.first).companyID
        let moved = try await test.issuer.switchCompany(to: back, joined, from: .test)
        #expect(moved.role == .owner && moved.companyName.text == "Other")
        #expect(await !test.holds(joined))
        #expect(try await test.signIn("bob@other.example").companyName.text == "Other")
    }

    @Test("nobody switches to a company that they are no member of")
    func foreign() async throws {
        let test = try await TestAccounts()
        let other = try await TestAccounts.signUp(test.issuer, "bob@other.example", "Other")
        let company = other.principal.companyID
        await #expect(throws: IssuerError.notFound(.company, company.text)) {
            try await test.issuer.switchCompany(to: company, test.owner, from: .test)
        }
        #expect(await test.holds(test.owner))
    }

    @Test("a member who opens a link again keeps the role they have")
    func already() async throws {
        let test = try await TestAccounts()
        let viewer = try await test.member("viewer@acme.example", .viewer)
        let link = try await test.issuer.invite(as: .owner, note: nil, by: test.owner.principal, once: nil).value.token
        #expect(await refusal { _ = try await test.issuer.accept(link, viewer, from: .test) } == .alreadyMember)
        #expect(try await test.issuer.authenticate(session: viewer.token).role == .viewer)
    }
}
