import Issuer
import Synchronization

/// So many at once, and one more each so many seconds: a token bucket, kept as when it will be full again (as in `Rate`).
struct Allowance: Sendable {
    let burst: Int64
    let secondsEach: Int64

    /// Takes one, or gives the seconds until there is one.
    func take(from fullAt: inout Int64, now: Int64) -> Int64? {
        let interval = secondsEach * 1_000_000_000
        let after = max(fullAt, now) + interval
        guard after - now <= burst * interval else { return (after - now - burst * interval).secondsRoundedUp }
        fullAt = after
        return nil
    }
}

/// Holds back who guesses passwords, and who signs up by the hundred. Any thread; bounded memory.
final class SignInLimits: Sendable {
    /// For each account, whoever asks: 100 guesses an hour at most, after the first ten.
    static let account = Allowance(burst: 10, secondsEach: 36)
    /// For each network, whichever accounts it asks for.
    static let network = Allowance(burst: 30, secondsEach: 10)
    static let signUps = Allowance(burst: 10, secondsEach: 360)

    private struct Buckets {
        var accounts = RecentCache<EmailAddress, Int64>(capacity: 10_000)
        var networks = RecentCache<ClientNetwork, Int64>(capacity: 10_000)
        var signUps = RecentCache<ClientNetwork, Int64>(capacity: 10_000)
        /// Whose owners were told that somebody guesses; not again until the account's bucket is forgotten or reset.
        var told = RecentCache<EmailAddress, Void>(capacity: 10_000)
    }

    private let buckets = Mutex(Buckets())
    private let now: @Sendable () -> Int64

    /// `now` gives nanoseconds since any instant, and never goes back.
    init(now: @escaping @Sendable () -> Int64) {
        self.now = now
    }

    enum Verdict: Equatable {
        case mayTry
        /// `isNews`: the first refusal since the last right password.
        case wait(seconds: Int64, isNews: Bool)
    }

    /// Counts a try. All are counted before they are made: a hundred at once are a hundred.
    func take(_ email: EmailAddress, from client: ClientNetwork?) -> Verdict {
        let now = now()
        return buckets.withLock { buckets in
            if let wait = Self.take(client, Self.network, &buckets.networks, now) {
                return .wait(seconds: wait, isNews: false)
            }
            var fullAt = buckets.accounts.value(for: email) ?? now
            if let wait = Self.account.take(from: &fullAt, now: now) {
                let isNews = buckets.told.value(for: email) == nil
                buckets.told.insert((), for: email)
                return .wait(seconds: wait, isNews: isNews)
            }
            buckets.accounts.insert(fullAt, for: email)
            return .mayTry
        }
    }

    /// Counts a sign-in that an identity provider is to do. Seconds to wait, where there were too many.
    func takeProviderSignIn(from client: ClientNetwork?) -> Int64? {
        let now = now()
        return buckets.withLock { Self.take(client, Self.network, &$0.networks, now) }
    }

    /// The password was right: its owner is not held back for what others tried.
    func succeeded(_ email: EmailAddress) {
        buckets.withLock { buckets in
            buckets.accounts.remove(email)
            buckets.told.remove(email)
        }
    }

    /// Seconds to wait, where that network has signed up often enough.
    func takeSignUp(from client: ClientNetwork?) -> Int64? {
        let now = now()
        return buckets.withLock { Self.take(client, Self.signUps, &$0.signUps, now) }
    }

    private static func take(
        _ client: ClientNetwork?, _ allowance: Allowance, _ cache: inout RecentCache<ClientNetwork, Int64>, _ now: Int64
    ) -> Int64? {
        // Loopback: whoever is behind a proxy on this machine, see `ClientNetwork`.
        guard let client else { return nil }
        var fullAt = cache.value(for: client) ?? now
        if let wait = allowance.take(from: &fullAt, now: now) { return wait }
        cache.insert(fullAt, for: client)
        return nil
    }
}
