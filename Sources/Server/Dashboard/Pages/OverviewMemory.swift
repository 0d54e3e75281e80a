import Issuer
import Synchronization

/// Keeps a look at the whole of a company's month from being taken again and again while nothing, or a little, changes:
/// a page that everybody has open must not be all that the store does.
///
/// Any thread; bounded memory.
final class OverviewMemory: Sendable {
    /// A look that took so long is shown again for ten times as long, this at most: 100 ms to 30 s.
    private static let factor: Int64 = 10
    private static let cheap: Int64 = 100_000_000
    private static let ageMax: Int64 = 30_000_000_000

    private struct Key: Hashable {
        let company: CompanyID
        let environment: Environment
        let currency: CurrencyCode?
    }

    private struct Entry {
        let overview: Overview
        let revision: Int64
        let takenAt: Int64
        let cost: Int64
    }

    private let entries = Mutex(RecentCache<Key, Entry>(capacity: 1000))
    private let now: @Sendable () -> Int64

    /// `now` gives nanoseconds since any instant, and never goes back.
    init(now: @escaping @Sendable () -> Int64) {
        self.now = now
    }

    /// The overview, and whether the books have changed since it was taken.
    func overview(
        _ currency: CurrencyCode?, at revision: Int64, of issuer: Issuer, as caller: Principal
    ) async throws -> (overview: Overview, isOld: Bool) {
        let key = Key(company: caller.companyID, environment: caller.environment, currency: currency)
        let start = now()
        if let known = entries.withLock({ $0.value(for: key) }), isFresh(known, revision, start) {
            return (known.overview, known.revision != revision)
        }
        let overview = try await issuer.overview(currency: currency, as: caller)
        let entry = Entry(overview: overview, revision: revision, takenAt: start, cost: now() - start)
        entries.withLock { _ = $0.insert(entry, for: key) }
        return (overview, false)
    }

    private func isFresh(_ entry: Entry, _ revision: Int64, _ now: Int64) -> Bool {
        guard entry.cost >= Self.cheap else { return false }
        return now - entry.takenAt < min(Self.factor * entry.cost, Self.ageMax)
    }
}
