import Issuer
import Synchronization

/// What an operator allows, in requests a second; 0 is no limit.
struct RateSettings: Sendable, Equatable {
    /// For each API key, and each session.
    var perKey = 100
    /// For all keys of a company together. Nil: ten times that of a key.
    var perCompany: Int?
    /// Wrong API keys, for each network address they come from.
    var refusalsPerAddress = 20

    static let none = RateSettings(perKey: 0, refusalsPerAddress: 0)
}

/// Whose requests are counted together: a credential's at one company. A person's token may be good for several, and what
/// is done at one of them is nothing to another.
struct RateHolder: Hashable, Sendable {
    let company: CompanyID
    let credential: Credential

    init(_ principal: Principal) {
        (company, credential) = (principal.companyID, principal.credential)
    }
}

/// Who has taken how much of what they may. Any thread; as much memory as ten thousand of each kind take, however many
/// come: whoever has not come lately is forgotten, and a bucket that is forgotten is a full one.
final class RateLimits: Sendable {
    private struct Buckets {
        var keys = RecentCache<RateHolder, Int64>(capacity: capacity)
        var companies = RecentCache<CompanyID, Int64>(capacity: capacity)
        var addresses = RecentCache<ClientNetwork, Int64>(capacity: capacity)
    }

    private static let capacity = 10_000

    let key: Rate?
    let company: Rate?
    private let refusal: Rate?
    private let now: @Sendable () -> Int64
    private let buckets = Mutex(Buckets())
    /// Where all issuers count together.
    let shared: SharedRates?

    /// `now` gives nanoseconds since any instant, and never goes back.
    init(_ settings: RateSettings, shared: SharedRates? = nil, now: @escaping @Sendable () -> Int64) {
        self.shared = shared
        key = Rate(perSecond: settings.perKey)
        company = Rate(perSecond: settings.perCompany ?? 10 * settings.perKey)
        refusal = Rate(perSecond: settings.refusalsPerAddress)
        self.now = now
    }

    /// How the two limits stand that a request counts against.
    struct Standing: Sendable, Equatable {
        var key: Rate.Standing?
        var company: Rate.Standing?

        /// How long to wait, where either has none left: then nothing was taken of the other.
        var wait: Int64? { [key?.wait, company?.wait].compactMap(\.self).max() }
        /// That which will refuse first.
        var tightest: Rate.Standing? {
            [key, company].compactMap(\.self).min { ($0.remaining, -($0.wait ?? 0)) < ($1.remaining, -($1.wait ?? 0)) }
        }
    }

    /// Counts a request of `principal` at all issuers, where they count together; else, and while that cannot be done,
    /// here. Nil where nothing limits it.
    ///
    /// What passes is counted here in any case: when the others cannot be asked any more, this issuer goes on from
    /// what it has let through.
    func count(_ principal: Principal) async -> Standing? {
        guard let shared, key != nil || company != nil else { return take(principal) }
        guard let standing = await shared.count(principal, key: key, company: company) else { return take(principal) }
        if standing.wait == nil { _ = take(principal) }
        return standing
    }

    /// Counts a request of `principal` here. Nil where nothing limits it.
    func take(_ principal: Principal) -> Standing? {
        guard key != nil || company != nil else { return nil }
        let now = now()
        return buckets.withLock { buckets in
            var keyFullAt = buckets.keys.value(for: RateHolder(principal)) ?? now
            var companyFullAt = buckets.companies.value(for: principal.companyID) ?? now
            let standing = Standing(
                key: key?.take(from: &keyFullAt, now: now), company: company?.take(from: &companyFullAt, now: now))
            guard standing.wait == nil else { return standing }
            if key != nil { buckets.keys.insert(keyFullAt, for: RateHolder(principal)) }
            if company != nil { buckets.companies.insert(companyFullAt, for: principal.companyID) }
            return standing
        }
    }

    /// Whether keys from there may still be looked up, after the wrong ones that came from there.
    func mayTry(_ client: ClientNetwork?) -> Bool {
        guard let refusal, let client else { return true }
        let now = now()
        return buckets.withLock { refusal.hasOne(in: $0.addresses.value(for: client) ?? now, now: now) }
    }

    /// A wrong key came from there.
    func noteRefusal(_ client: ClientNetwork?) {
        guard let refusal, let client else { return }
        let now = now()
        buckets.withLock { buckets in
            var fullAt = buckets.addresses.value(for: client) ?? now
            _ = refusal.take(from: &fullAt, now: now)
            buckets.addresses.insert(fullAt, for: client)
        }
    }
}
