import Issuer
import Synchronization

/// What a long look at a company's books gave, so that no page waits long, and a page that everybody has open is not all that
/// the store does.
///
/// What was dear to take is shown again for ten times as long as it took, and after that once more while it is taken anew.
/// Nobody waits for more than `patience`: then there is nothing yet, and the page says so. Any thread; bounded memory.
final class LookMemory<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let factor: Int64 = 10
    /// What takes less is always taken anew: 100 ms.
    private let cheap: Int64 = 100_000_000
    private let ageMax: Int64 = 30_000_000_000
    private let patience: Int64 = 500_000_000
    private let step = Duration.milliseconds(5)

    private struct Entry: Sendable {
        let value: Value
        let revision: Int64
        let takenAt: Int64
        let cost: Int64
    }

    private struct State {
        var entries: RecentCache<Key, Entry>
        var underWay: Set<Key> = []
    }

    private let state = Mutex(State(entries: RecentCache(capacity: 1000)))
    private let now: @Sendable () -> Int64

    /// `now` gives nanoseconds since any instant, and never goes back.
    init(now: @escaping @Sendable () -> Int64) {
        self.now = now
    }

    /// What is known of `key`, and whether the books have changed since, or it is being taken. Nil: not known yet.
    func look(
        _ key: Key, at revision: Int64, _ take: @escaping @Sendable () async throws -> Value
    ) async throws -> (value: Value, isOld: Bool)? {
        let start = now()
        let known = state.withLock { $0.entries.value(for: key) }
        if let known, known.cost >= cheap {
            let isFresh = start - known.takenAt < min(factor * known.cost, ageMax)
            if !isFresh { begin(key, revision, take) }
            return (known.value, known.revision != revision || !isFresh)
        }
        begin(key, revision, take)
        while now() - start < patience {
            let (entry, isUnderWay) = state.withLock { ($0.entries.value(for: key), $0.underWay.contains(key)) }
            if let entry, entry.takenAt != known?.takenAt { return (entry.value, entry.revision != revision) }
            // It failed: what is wrong is found, and said, by taking it here.
            if !isUnderWay { return (try await take(), false) }
            try await Task.sleep(for: step)
        }
        return known.map { ($0.value, true) }
    }

    /// Unless it is under way already.
    private func begin(_ key: Key, _ revision: Int64, _ take: @escaping @Sendable () async throws -> Value) {
        guard state.withLock({ $0.underWay.insert(key).inserted }) else { return }
        let start = now()
        Task { [self] in
            let value = try? await take()
            state.withLock { state in
                if let value {
                    state.entries.insert(
                        Entry(value: value, revision: revision, takenAt: start, cost: now() - start), for: key)
                }
                state.underWay.remove(key)
            }
        }
    }
}

/// Of whom a look is.
struct LookKey<Subject: Hashable & Sendable>: Hashable, Sendable {
    let company: CompanyID
    let environment: BooksEnvironment
    let subject: Subject

    init(_ subject: Subject, of principal: Principal) {
        (company, environment) = (principal.companyID, principal.environment)
        self.subject = subject
    }
}

/// The long looks of all pages.
struct Looks: Sendable {
    struct Spender: Hashable, Sendable {
        let agent: AgentID
        let currency: CurrencyCode
    }

    let overviews: LookMemory<LookKey<CurrencyCode?>, Overview>
    let agents: LookMemory<LookKey<[AgentID]>, [AgentID: [CurrencyCode: SpendTotal]]>
    let merchants: LookMemory<LookKey<Spender>, [Overview.ByMerchant]>

    init(now: @escaping @Sendable () -> Int64) {
        (overviews, agents, merchants) = (LookMemory(now: now), LookMemory(now: now), LookMemory(now: now))
    }
}
