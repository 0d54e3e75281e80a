import Testing

@testable import Issuer

@Suite struct PolicyCacheTests {
    @Test("what is remembered of many companies' policies is bounded by what it holds, and is right all the same")
    func bounded() async throws {
        let test = try await TestIssuer()
        let cache = PolicyCache(weightMax: 20)
        var terms = try PolicyTerms.usd([.of(.daily, amount: 100)])
        terms.merchants = AllowBlock(allow: Set(try (0..<4).map { try MerchantID("m\($0)") }))
        var companies: [CompanyID] = []
        for number in 0..<5 {
            let made = try await test.issuer.createCompany(name: Name("Company \(number)"))
            let owner = try await test.issuer.authenticate(apiKey: made.apiKey)
            _ = try await test.issuer.createPolicy(terms, as: owner, once: nil).result.get()
            companies.append(owner.companyID)
        }
        // One that holds more than there is room for is remembered alone.
        let large = try await test.issuer.authenticate(
            apiKey: test.issuer.createCompany(name: Name("Large")).apiKey)
        for _ in 0..<4 { _ = try await test.issuer.createPolicy(terms, as: large, once: nil).result.get() }
        for (company, count, weight) in companies.map({ ($0, 1, 20) }) + [
            (large.companyID, 4, 25), (companies[0], 1, 7),
        ] {
            let now = test.clock.now
            let found = try await test.issuer.store.transaction(for: company) { tx in
                let version = try Companies.lock(company, in: tx)?.policyVersion ?? 0
                let books = Books(tx: tx, companyID: company, environment: .live, now: now, policyVersion: version)
                return (try cache.policies(in: books).all.count, try cache.policies(in: books).all.count)
            }
            #expect(found == (count, count))
            #expect((1...weight).contains(cache.weight))
        }
    }

    @Test func `what makes room is what was not asked for lately`() async throws {
        let test = try await TestIssuer()
        // Each company's weighs 3, so that four have room.
        let cache = PolicyCache(weightMax: 12)
        var owners: [Principal] = []
        for number in 0..<5 {
            let made = try await test.issuer.createCompany(name: Name("Company \(number)"))
            owners.append(try await test.issuer.authenticate(apiKey: made.apiKey))
            let terms = try PolicyTerms.usd([.of(.daily, amount: 100)])
            _ = try await test.issuer.createPolicy(terms, as: owners[number], once: nil).result.get()
        }
        let now = test.clock.now
        let look = { @Sendable (owner: Principal) in
            try await test.issuer.store.transaction(for: owner.companyID) { tx in
                let version = try Companies.lock(owner.companyID, in: tx)?.policyVersion ?? 0
                let books = Books(
                    tx: tx, companyID: owner.companyID, environment: .live, now: now, policyVersion: version)
                _ = try cache.policies(in: books)
            }
        }
        for number in [0, 1, 2, 3, 0, 4] { try await look(owners[number]) }
        #expect(cache.weight == 9)
        // Whoever read anything but what was forgotten would find nothing that can be read.
        try await test.issuer.store.globalTransaction { tx in
            _ = try tx.execute(Statement("UPDATE policies SET terms = 'not JSON'"), [])
        }
        for number in [0, 3, 4] { try await look(owners[number]) }
        for number in [1, 2] { await #expect(throws: StorageError.self) { try await look(owners[number]) } }
    }
}
