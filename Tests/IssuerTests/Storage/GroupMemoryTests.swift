import Testing

@testable import Issuer

@Suite struct GroupMemoryTests {
    /// A job that fails having changed nothing leaves the group's others as they are; else all of them are run again.
    @Test func `to lock a company's row changes nothing that a job which fails would have to undo`() async throws {
        let test = try await TestIssuer()
        let company = test.owner.companyID
        let hasChanged = try await test.issuer.store.transaction(for: company) { tx in
            tx.memory.hasChanged = false
            _ = try Companies.lock(company, in: tx)
            return tx.memory.hasChanged
        }
        #expect(!hasChanged)
    }
}
