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
}
