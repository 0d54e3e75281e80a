internal import Synchronization

/// The companies' policies as last read. Never stale: what is remembered counts only under the version that the
/// company's row shows in the deciding transaction itself. And only what was committed is remembered: a group that is
/// undone leaves nothing here, whatever it read.
final class PolicyCache: Sendable {
    /// What all that is remembered may weigh, about 100 MB; past that what was not asked for lately is forgotten, and read
    /// again when it is needed. One company's is remembered whatever it holds.
    static let weightMax = 200_000

    /// What is remembered of one company's, in one environment.
    struct Entry {
        let version: Int64
        let policies: PolicySet
        fileprivate var lastUse = 0

        fileprivate var weight: Int { 1 + policies.weight }

        fileprivate init(_ policies: PolicySet, version: Int64) {
            (self.policies, self.version) = (policies, version)
        }
    }

    private struct Key: Hashable {
        let company: CompanyID
        let environment: Environment
    }

    private struct State {
        var weight = 0
        private var entries: [Key: Entry] = [:]
        private var uses = 0

        mutating func entry(for key: Key) -> Entry? {
            uses += 1
            entries[key]?.lastUse = uses
            return entries[key]
        }

        mutating func remember(_ entry: Entry, for key: Key, weightMax: Int) {
            weight -= entries.removeValue(forKey: key)?.weight ?? 0
            if weight + entry.weight > weightMax {
                // More than has to go, so that not each that comes has all of them looked at.
                for (key, old) in entries.sorted(by: { $0.value.lastUse < $1.value.lastUse }) {
                    guard weight + entry.weight > weightMax / 4 * 3 else { break }
                    entries[key] = nil
                    weight -= old.weight
                }
            }
            uses += 1
            entries[key] = entry
            entries[key]?.lastUse = uses
            weight += entry.weight
        }
    }

    private let weightMax: Int
    private let state = Mutex(State())

    init(weightMax: Int = weightMax) { self.weightMax = weightMax }

    /// What is remembered weighs so much: the policies' own weight, and one for each company's.
    var weight: Int { state.withLock { $0.weight } }

    /// As they were when the transaction began: not to be asked for after it has changed one.
    func policies(in books: Books) throws(StorageError) -> PolicySet {
        let (memory, version) = (books.tx.memory, books.policyVersion)
        if let known = memory[books.companyID].policies[books.environment], known.version == version {
            return known.policies
        }
        let key = Key(company: books.companyID, environment: books.environment)
        let known = state.withLock { $0.entry(for: key) }
        if let known, known.version == version { return known.policies }
        let entry = Entry(
            PolicySet(try Policies.all(in: books, known: known?.policies.all ?? [])), version: version)
        if memory.companiesWithNewPolicies.contains(books.companyID) {
            memory[books.companyID].policies[books.environment] = entry
        } else {
            state.withLock { $0.remember(entry, for: key, weightMax: weightMax) }
        }
        return entry.policies
    }
}
