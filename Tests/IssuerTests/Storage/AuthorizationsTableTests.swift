import StoreFixtures
import Testing

@testable import Issuer

@Suite struct AuthorizationsTableTests {
    static let agent = AgentID("agt_00000000000000000000000000")!

    @Test("what is recorded of an authorization is read back as it was, whatever is in its parts")
    func readBack() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        var closed = try PolicyTerms.usd([.of(.rolling(seconds: 60), amount: 5, count: 0), .of(.daily, amount: 1)])
        closed.schedule = try Schedule(days: [.sunday], from: .startOfDay, to: .endOfDay)
        closed.merchants = AllowBlock(block: [try MerchantID("\"m\"\\")])
        try await test.policy(closed)
        var shadow = closed
        shadow.mode = .shadow
        try await test.policy(shadow)
        let merchant = try Merchant(
            id: "\"m\"\\", name: "Fährte\u{1F600}", category: MerchantCategory("5734"), country: CountryCode("US"))
        let metadata = try Metadata(["a": "line\nbreak", "\"": "\\", "\u{e9}": ""])
        for merchant in [merchant, nil] {
            let request = try AuthorizationRequest(
                agentID: agent, money: .usd(7), merchant: merchant, note: Note("n"), metadata: metadata,
                audience: Audience("p"), lifetimeSeconds: 60)
            let made = try await test.issuer.authorize(request, as: test.owner, once: nil).result.get().authorization
            #expect(made.reasons.count >= 4 && made.shadowReasons.count == made.reasons.count)
            let found = try await test.issuer.authorization(made.id, as: test.owner).authorization
            #expect(found == made)
        }
    }

    @Test(
        "a list of one environment's, of one agent's, or of what waits for approval does not read through the whole company",
        .enabled(if: !TestStore.isPostgreSQL, "PostgreSQL reads a small table whole, whatever its indexes"),
        arguments: [
            (AuthorizationFilter(), "authorizations_by_environment"),
            (AuthorizationFilter(from: Instant(milliseconds: 1)), "authorizations_by_environment"),
            (AuthorizationFilter(agentID: agent), "authorizations_by_agent"),
            (AuthorizationFilter(status: .held), "authorizations_for_approval"),
            (AuthorizationFilter(agentID: agent, status: .held), "authorizations_for_approval"),
        ])
    func index(_ filter: AuthorizationFilter, _ index: String) async throws {
        let test = try await TestIssuer()
        let plan = try await test.issuer.store.globalTransaction { tx in
            let statement = try #require(Authorizations.page(of: filter))
            let explained = Statement("EXPLAIN QUERY PLAN \(statement.sql)")
            return try tx.execute(explained, Array(repeating: .text(""), count: filter.status == nil ? 6 : 7)).map {
                try $0.text(3)
            }
        }
        #expect(plan.contains { $0.contains("USING INDEX \(index)") }, "\(plan)")
    }

    @Test("a list of what is rare looks through so many, says where to go on, and misses none")
    func rare() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd([.of(.perAuthorization, amount: 10)]))
        var denied: [AuthorizationID] = []
        for number in 0..<23 {
            let made = try await test.authorize(number % 10 == 1 ? 11 : 1, agent).authorization
            if made.decision == .denied { denied.insert(made.id, at: 0) }
            test.clock.advance(milliseconds: 1)
        }
        let owner = test.owner
        for filter in [AuthorizationFilter(status: .denied), AuthorizationFilter(agentID: agent, status: .denied)] {
            var (found, after, pages): ([AuthorizationID], String?, Int) = ([], nil, 0)
            repeat {
                let page = Page(limit: 2, after: after)
                let listed = try await test.issuer.store.read(for: owner.companyID) { [now = test.clock.now] tx in
                    let books = Books(
                        tx: tx, companyID: owner.companyID, environment: .live, now: now, policyVersion: 0)
                    return try Authorizations.list(page, filter: filter, lookAtMost: 5, in: books)
                }
                let listing = Listing(listed.found, page: page, id: \.id.text)
                found += listing.items.map(\.id)
                after = listing.nextCursor ?? listed.last?.text
                pages += 1
            } while after != nil
            #expect(found == denied)
            #expect(pages == 5)
        }
    }

    @Test("what has an end may lie under a whole day's: so many are looked through, and none is missed")
    func underADay() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd())
        var made: [Authorization] = []
        for _ in 0..<12 {
            made.append(try await test.authorize(1, agent).authorization)
            test.clock.advance(seconds: 60)
        }
        let filter = AuthorizationFilter(to: made[2].createdAt)
        #expect(Authorizations.page(of: filter) == nil, "it is no short look")
        var (found, after, pages): ([AuthorizationID], AuthorizationID?, Int) = ([], nil, 0)
        repeat {
            let page = Page(limit: 5, after: after?.text)
            let (owner, now) = (test.owner, test.clock.now)
            let listed = try await test.issuer.store.read(for: owner.companyID) { tx in
                let books = Books(tx: tx, companyID: owner.companyID, environment: .live, now: now, policyVersion: 0)
                return try Authorizations.list(page, filter: filter, lookAtMost: 4, in: books)
            }
            found += listed.found.map(\.id)
            after = listed.last
            pages += 1
        } while after != nil
        #expect(found == [made[1].id, made[0].id] && pages == 4)
    }

    @Test("an agent of the other environment has nothing in this one, also once it is deleted")
    func elsewhere() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd())
        _ = try await test.authorize(1, agent)
        let draft = APIKeyDraft(name: try Name("Trial"), environment: .test)
        let secret = try await test.issuer.createAPIKey(draft, as: test.owner, once: nil).result.get().secret
        let trial = try await test.issuer.authenticate(apiKey: secret)
        try await test.issuer.deleteAgent(agent, as: test.owner)
        for status in [nil, AuthorizationStatus.held, .pending] {
            let filter = AuthorizationFilter(agentID: agent, status: status)
            #expect(try await test.issuer.authorizations(filter, page: Page(), as: trial).items.isEmpty)
            let own = try await test.issuer.authorizations(filter, page: Page(), as: test.owner).items
            #expect(own.count == (status == .held ? 0 : 1))
        }
    }

    @Test(
        "how many wait for approval is counted beside the writer: a page waits for no decision",
        .timeLimit(.minutes(10)))
    func heldBeside() async throws {
        try await withTemporaryFolder { folder in
            let test = try await TestIssuer(path: "\(folder)/books.db")
            let agent = try await test.agent()
            try await test.policy(.usd(approvalAbove: 10))
            _ = try await test.authorize(11, agent)
            let (gate, store, company) = (Gate(), test.issuer.store, test.owner.companyID)
            async let writing = store.transaction(for: company) { _ in gate.pass(1) }
            await gate.waitForArrivals(1)
            #expect(try await test.issuer.heldCount(as: test.owner) == 1)
            gate.open()
            #expect(try await writing == 1)
            try await test.issuer.close()
        }
    }

    @Test("a range of time reads no more than it has, and a day for clocks that were set back")
    func range() async throws {
        let test = try await TestIssuer()
        let agent = try await test.agent()
        try await test.policy(.usd())
        var made: [Authorization] = []
        for _ in 0..<4 {
            made.append(try await test.authorize(1, agent).authorization)
            test.clock.advance(seconds: 3600)
        }
        // Identifiers go on growing while the clock is behind.
        test.clock.advance(seconds: -6 * 3600)
        made.append(try await test.authorize(1, agent).authorization)
        func ids(_ filter: AuthorizationFilter) async throws -> [AuthorizationID] {
            try await test.issuer.authorizations(filter, page: Page(), as: test.owner).items.map(\.id)
        }
        #expect(try await ids(AuthorizationFilter(to: made[0].createdAt)) == [made[4].id])
        #expect(
            try await ids(AuthorizationFilter(from: made[1].createdAt, to: made[3].createdAt)) == [
                made[2].id, made[1].id,
            ])
        #expect(try await ids(AuthorizationFilter(from: made[3].createdAt)) == [made[3].id])
    }
}
