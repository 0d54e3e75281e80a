internal import Synchronization

/// The companies' policies as last read. Never stale: what is remembered counts only under the version that the
/// company's row shows in the deciding transaction itself. And only what was committed is remembered: a group that is
/// undone leaves nothing here, whatever it read.
final class PolicyCache: Sendable {
    /// What all that is remembered may hold, about 100 MB; past that all is forgotten, and read again as it is needed. One
    /// company's is remembered whatever it holds.
    static let weightMax = 200_000

    private struct Entry {
        let version: Int64
        let policies: PolicySet
        let weight: Int
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var weight = 0
    }

    private struct Key: Hashable {
        let company: CompanyID
        let environment: Environment
    }

    private let weightMax: Int
    private let state = Mutex(State())

    init(weightMax: Int = weightMax) { self.weightMax = weightMax }

    /// What is remembered holds so much: a part for each company, each policy, and each limit and listed name.
    var weight: Int { state.withLock { $0.weight } }

    /// As they were when the transaction began: not to be asked for after it has changed one.
    func policies(in books: Books) throws(StorageError) -> PolicySet {
        let key = Key(company: books.companyID, environment: books.environment)
        let known = state.withLock { $0.entries[key] }
        if let known, known.version == books.policyVersion { return known.policies }
        let policies = PolicySet(try Policies.all(in: books, known: known?.policies.all ?? []))
        guard !books.tx.memory.companiesWithNewPolicies.contains(books.companyID) else { return policies }
        let entry = Entry(
            version: books.policyVersion, policies: policies,
            weight: policies.all.reduce(1) { $0 + $1.terms.weight })
        state.withLock { state in
            state.weight -= state.entries.removeValue(forKey: key)?.weight ?? 0
            if state.weight + entry.weight > weightMax { state = State() }
            state.entries[key] = entry
            state.weight += entry.weight
        }
        return policies
    }
}

extension PolicyTerms {
    fileprivate var weight: Int {
        1 + limits.count + (merchants?.count ?? 0) + (categories?.count ?? 0) + (countries?.count ?? 0)
    }
}

extension AllowBlock {
    fileprivate var count: Int { allow.count + block.count }
}
