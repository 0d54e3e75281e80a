internal import Synchronization

/// The companies' policies as last read. Never stale: what is remembered counts only under the version that the
/// company's row shows in the deciding transaction itself.
final class PolicyCache: Sendable {
    /// Companies remembered at most; past that all are forgotten, and read again as they come.
    private static let companiesMax = 10_000

    private struct Entry {
        let version: Int64
        let policies: PolicySet
    }

    private struct Key: Hashable {
        let company: CompanyID
        let environment: Environment
    }

    private let entries = Mutex<[Key: Entry]>([:])

    /// As they were when the transaction began: not to be asked for after it has changed one.
    func policies(in books: Books) throws(StorageError) -> PolicySet {
        let key = Key(company: books.companyID, environment: books.environment)
        let known = entries.withLock { $0[key] }
        if let known, known.version == books.policyVersion { return known.policies }
        let policies = PolicySet(try Policies.all(in: books, known: known?.policies.all ?? []))
        entries.withLock { entries in
            if entries.count >= Self.companiesMax { entries.removeAll(keepingCapacity: true) }
            entries[key] = Entry(version: books.policyVersion, policies: policies)
        }
        return policies
    }
}
