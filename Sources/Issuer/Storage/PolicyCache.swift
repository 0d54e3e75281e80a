internal import Synchronization

/// The companies' policies as last read. Never stale: what is remembered counts only under the version that the
/// company's row shows in the deciding transaction itself.
final class PolicyCache: Sendable {
    /// Companies remembered at most; past that all are forgotten, and read again as they come.
    private static let companiesMax = 10_000

    private struct Entry {
        let version: Int64
        let policies: [Policy]
    }

    private struct Key: Hashable {
        let company: CompanyID
        let environment: Environment
    }

    private let entries = Mutex<[Key: Entry]>([:])

    func policies(in books: Books) throws(StorageError) -> [Policy] {
        let key = Key(company: books.companyID, environment: books.environment)
        if let entry = entries.withLock({ $0[key] }), entry.version == books.policyVersion { return entry.policies }
        let policies = try Policies.all(in: books)
        entries.withLock { entries in
            if entries.count >= Self.companiesMax { entries.removeAll(keepingCapacity: true) }
            entries[key] = Entry(version: books.policyVersion, policies: policies)
        }
        return policies
    }
}
