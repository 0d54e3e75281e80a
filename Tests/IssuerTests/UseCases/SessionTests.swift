import Testing

@testable import Issuer

/// Sessions, from the sign-in to their end.
@Suite struct SessionTests {
    @Test("who signs up is the owner of a company of their own, and signed in")
    func signUp() async throws {
        let test = try await TestAccounts()
        let again = try await test.issuer.authenticate(session: test.owner.token)
        #expect(again == test.owner)
        #expect(again.role == .owner && again.companyName.text == "Acme" && again.user.label == "owner@acme.example")
        _ = try await test.issuer.createAgent(AgentDraft(name: Name("Buyer")), as: again.principal, once: nil)
        #expect(
            try await test.audit() == ["COMPANY_CREATED by owner", "MEMBER_JOINED by owner", "AGENT_CREATED by owner"])
    }

    @Test("one address is one account, whatever its capitals, and signing up again changes nothing")
    func taken() async throws {
        let test = try await TestAccounts()
        let refused = await refusal {
            _ = try await TestAccounts.signUp(test.issuer, "OWNER@acme.example", "Other")
        }
        #expect(refused == .emailTaken)
        #expect(try await test.issuer.authenticate(session: test.owner.token).elsewhere == [])
    }

    @Test("a wrong password and an unknown address are refused in the same way")
    func wrong() async throws {
        let test = try await TestAccounts()
        for (email, password) in [
            ("owner@acme.example", "orange tiger staple 8"), ("nobody@acme.example", TestAccounts.password),
            ("owner@acme.example", ""),
        ] {
            #expect(await refusal { _ = try await test.signIn(email, password) } == .wrongCredentials)
        }
    }

    @Test("each sign-in has a session of its own; signing out of one leaves the others")
    func several() async throws {
        let test = try await TestAccounts()
        let (one, other) = (try await test.signIn(), try await test.signIn())
        #expect(one.token != other.token && one.session.id != other.session.id)
        try await test.issuer.signOut(one)
        #expect(await !test.holds(one))
        #expect(await test.holds(other))
        let ids = try await test.issuer.sessions(as: other.principal).map(\.id)
        #expect(ids == [other.session.id, test.owner.session.id])
    }

    @Test("a session that was ended opens nothing, also where it is remembered")
    func endedWhileRemembered() async throws {
        let test = try await TestAccounts()
        let other = try await test.signIn()
        try await test.issuer.revokeSession(other.session.id, as: test.owner.principal)
        // As on another issuer, which was not told: it has the principal of before.
        await #expect(throws: IssuerError.unauthenticated) {
            try await test.issuer.agents(page: Page(), as: other.principal)
        }
        #expect(await test.holds(test.owner))
    }

    @Test(
        "a session ends when it is idle too long, and when it is too old however much it is used",
        arguments: [(idle: 43_199, used: true), (43_200, false)])
    func timeouts(_ idle: Int64, _ isGood: Bool) async throws {
        let test = try await TestAccounts()
        test.clock.advance(seconds: idle)
        #expect(await test.holds(test.owner) == isGood)
        guard isGood else { return }
        for _ in 0..<14 {
            #expect(await test.holds(test.owner))
            test.clock.advance(seconds: 43_199)
        }
        // Fifteen half days: past its end.
        #expect(await !test.holds(test.owner))
    }

    @Test("who is a member by a provider's word is one while it is shown, for an hour")
    func ruledByAProvider() async throws {
        let test = try await TestAccounts()
        func identity(_ company: String?) -> ProviderIdentity {
            ProviderIdentity(
                provider: "https://clerk.example", subject: "user_1", label: "Emp",
                company: company.map { .init(subject: $0, name: "Org", role: .admin) })
        }
        func signIn(_ identity: ProviderIdentity) async throws -> SignedIn {
            try await test.issuer.signIn(identity, invitation: nil, opensCompanies: true, from: .test)
        }
        let (left, stays) = (try await signIn(identity("org:left")), try await signIn(identity("user:1")))
        #expect(left.session.expiresAt == left.session.createdAt.adding(seconds: 3600))
        for company in [left, stays].map(\.principal.companyID) {
            await #expect(throws: IssuerError.notFound(.company, company.text)) {
                try await test.issuer.switchCompany(to: company, stays, from: .test)
            }
        }
        // The same person, by the same provider, which names no company this time.
        let unnamed = try await signIn(identity(nil))
        #expect(![left, stays].map(\.principal.companyID).contains(unnamed.principal.companyID))
        #expect(try await signIn(identity("org:left")).principal.companyID == left.principal.companyID)
        test.clock.advance(seconds: 3599)
        #expect(await test.holds(left))
        test.clock.advance(seconds: 1)
        #expect(await !test.holds(left))
    }

    @Test("what a page asks for by itself keeps no session from being idle")
    func openPage() async throws {
        let test = try await TestAccounts()
        func asksByItself() async -> Bool {
            (try? await test.issuer.authenticate(session: test.owner.token, isUse: false)) != nil
        }
        test.clock.advance(seconds: 3600)
        #expect(await test.holds(test.owner))
        for _ in 0..<12 {
            test.clock.advance(seconds: 3599)
            #expect(await asksByItself())
        }
        // What was read is believed for a minute.
        test.clock.advance(seconds: 12 + SessionMemory.rememberedSeconds)
        #expect(await !asksByItself())
    }

    @Test("who was signed out is told of no change any more")
    func noNews() async throws {
        let test = try await TestAccounts()
        let other = try await test.signIn()
        let before = try await test.issuer.revision(as: other.principal)
        try await test.issuer.signOut(test.owner)
        #expect(try await test.issuer.revision(as: other.principal) > before)
        await #expect(throws: IssuerError.unauthenticated) {
            try await test.issuer.revision(as: test.owner.principal)
        }
    }

    @Test("the last second of a session's seven days is its own, the next is not")
    func absolute() async throws {
        let test = try await TestAccounts(settings: .test { $0.sessionIdleSeconds = 30 * 86_400 })
        test.clock.advance(seconds: 7 * 86_400 - 1)
        #expect(await test.holds(test.owner))
        test.clock.advance(seconds: 1)
        #expect(await !test.holds(test.owner))
    }

    @Test("use is written down once a minute, by the sweeper, and no request waits for it")
    func lastSeen() async throws {
        let test = try await TestAccounts()
        func written() async throws -> Instant? {
            try await test.issuer.store.globalTransaction {
                try Sessions.find(test.owner.session.id, of: test.owner.principal.companyID, in: $0)?.session.lastSeenAt
            }
        }
        let start = test.clock.now
        let sweeper = Sweeper(test.issuer)
        for seconds in 1...59 {
            test.clock.advance(seconds: 1)
            #expect(await test.holds(test.owner))
            if seconds > 1 { #expect(try await written() == start.adding(seconds: 1)) }
            try await sweeper.sweep()
        }
        #expect(try await test.issuer.sessions(as: test.owner.principal)[0].lastSeenAt == test.clock.now)
        test.clock.advance(seconds: 2)
        #expect(await test.holds(test.owner))
        try await sweeper.sweep()
        #expect(try await written() == test.clock.now)
        #expect(try await test.issuer.members(as: test.owner.principal)[0].lastSeenAt == test.clock.now)
    }

    @Test("a changed password ends every session but the one that changed it, which has a new token")
    func changedPassword() async throws {
        let test = try await TestAccounts()
        let other = try await test.signIn()
        // A member of a second company, and signed in there too.
        let second = try await TestAccounts.signUp(test.issuer, "second@other.example", "Other")
        let link = try await test.issuer.invite(as: .viewer, note: nil, by: second.principal, once: nil).value.token
        let elsewhere = try await test.issuer.accept(link, other, from: .test)

        let new = Password("purple monkey dishes 9")!
        let refused = await refusal {
            _ = try await test.issuer.changePassword(
                from: Password("wrong")!, to: new, test.owner, visitor: .test)
        }
        #expect(refused == .wrongCredentials)
        #expect(await test.holds(elsewhere))
        let next = try await test.issuer.changePassword(
            from: Password(TestAccounts.password)!, to: new, test.owner, visitor: .test)
        for ended in [test.owner, other, elsewhere] { #expect(await !test.holds(ended)) }
        await #expect(throws: IssuerError.unauthenticated) {
            try await test.issuer.agents(page: Page(), as: elsewhere.principal)
        }
        #expect(await test.holds(next))
        #expect(await refusal { _ = try await test.signIn() } == .wrongCredentials)
        _ = try await test.signIn("owner@acme.example", "purple monkey dishes 9")
    }

    @Test("the other environment is another world, and forms of the one are refused in the other")
    func environment() async throws {
        let test = try await TestAccounts()
        _ = try await test.issuer.createAgent(AgentDraft(name: Name("Buyer")), as: test.owner.principal, once: nil)
        try await test.issuer.switchEnvironment(to: .test, test.owner)
        let trial = try await test.issuer.authenticate(session: test.owner.token)
        #expect(trial.principal.environment == .test && trial.csrfToken != test.owner.csrfToken)
        #expect(try await test.issuer.agents(page: Page(), as: trial.principal).items.isEmpty)
    }

    @Test(
        "a session that was switched at one issuer opens nothing as it was at another, and is the new one there at once"
    )
    func environmentElsewhere() async throws {
        let test = try await TestAccounts()
        let other = try await Issuer.open(
            store: test.issuer.store, settings: .test, masterKey: test.issuer.masterKey, clock: test.clock.clock,
            ids: .random())
        let remembered = try await other.authenticate(session: test.owner.token)
        #expect(remembered.principal.environment == .live)
        try await test.issuer.switchEnvironment(to: .test, test.owner)
        #expect(try await other.authenticate(session: test.owner.token) == remembered, "it was not told")
        await #expect(throws: IssuerError.unauthenticated) {
            try await other.createAgent(AgentDraft(name: Name("Buyer")), as: remembered.principal, once: nil)
        }
        let trial = try await other.authenticate(session: test.owner.token)
        #expect(trial.principal.environment == .test && trial.csrfToken != remembered.csrfToken)
    }

    @Test("somebody's oldest session makes room for the fifty-first")
    func bounded() async throws {
        let test = try await TestAccounts()
        var sessions = [test.owner]
        for _ in 0..<50 {
            test.clock.advance(seconds: 1)
            sessions.append(try await test.signIn())
        }
        test.clock.advance(seconds: 61)
        #expect(await !test.holds(sessions[0]))
        #expect(await test.holds(sessions[1]))
        #expect(try await test.issuer.sessions(as: sessions[50].principal).count == 50)
    }

    @Test("the sweeper drops sessions that are over")
    func swept() async throws {
        let test = try await TestAccounts()
        test.clock.advance(seconds: 43_200)
        try await Sweeper(test.issuer).sweep()
        let company = test.owner.principal.companyID
        let left = try await test.issuer.store.globalTransaction {
            try Sessions.find(digest: test.owner.token.digest, of: company, in: $0)
        }
        #expect(left == nil)
    }

    @Test("so many wrong passwords that they are looked at no more stand in the log of each company concerned")
    func blocked() async throws {
        let test = try await TestAccounts()
        try await test.issuer.noteBlockedSignIn(EmailAddress("owner@acme.example"), requestID: "req_9")
        try await test.issuer.noteBlockedSignIn(EmailAddress("nobody@acme.example"), requestID: "req_9")
        #expect(try await test.audit().last == "SIGN_IN_BLOCKED by other")
    }
}
