import Issuer
import Synchronization
import Verifier

/// The keys of one identity provider, and the check of what it signed: the verifier's own cache, rules and algorithms.
///
/// Any thread. A request waits for a fetch only where there are no keys that serve, or where the token names one that is
/// not known; at most one fetch is under way, and at most one a cooldown is begun.
final class ProviderKeys: Sendable {
    private static let freshSeconds: UInt32 = 3600
    private static let cooldownSeconds: UInt32 = 5

    private let verifier: TokenVerifier
    private let url: String
    private let http: ProviderHTTP
    private let clock: WallClock
    private let state = Mutex(State())

    private struct State {
        var underWay: Task<Bool, Never>?
        /// Whether the last fetch brought keys.
        var isCurrent = false
    }

    /// `url` is the key set's; `uptime` gives nanoseconds of a clock that nobody sets.
    init(
        algorithms: AlgorithmSet, url: String, http: ProviderHTTP, clock: WallClock,
        uptime: @escaping @Sendable () -> Int64
    ) throws {
        // Issuer and audience are of spend tokens; `verifyJWS` looks at neither.
        var options = TokenVerifier.Options(issuer: "-", audiences: ["-"])
        options.algorithms = algorithms
        options.keysFreshSeconds = Self.freshSeconds
        options.keysCooldownSeconds = Self.cooldownSeconds
        options.clock = Verifier.Clock(
            wallSeconds: { clock.now().seconds }, steadyMilliseconds: { uptime() / 1_000_000 })
        verifier = try TokenVerifier(options: options)
        self.http = http
        self.clock = clock
        self.url = url
    }

    /// The payload of a token that one of the provider's keys signed. Nothing in it is checked.
    func payload(of token: String) async throws -> [UInt8] {
        do throws(VerifyError) {
            let verified = try verifier.verifyJWS(token)
            // They serve, and are to be fetched again: nobody waits for that.
            if isDue { _ = refresh() }
            return verified.payload
        } catch {
            guard [.unknownKey, .noKeys, .keysStale].contains(error.status) else { throw Self.failure(error) }
            // The provider's keys were fetched a moment ago, and the token's is none of them: that is the token's fault.
            let isOver = state.withLock { $0.isCurrent && $0.underWay == nil }
            if error.status == .unknownKey, isOver, !isDue { throw Self.failure(error) }
        }
        guard let refresh = isDue ? refresh() : state.withLock({ $0.underWay }), await refresh.value else {
            throw ProviderFailure.unavailable(
                "none of its keys that are known here is the token's, and no newer ones can be had now")
        }
        do throws(VerifyError) {
            return try verifier.verifyJWS(token).payload
        } catch {
            throw Self.failure(error)
        }
    }

    /// `typ` of a token that was found signed; nil where it has none. One that is no text is "".
    static func type(of token: String) -> String? {
        guard let text = Base64URL.text(of: token.prefix { $0 != "." }),
            let header = try? JSONValue.object(Array(text.utf8), else: .token(""))
        else { return "" }
        return header["typ"].map { $0.string ?? "" }
    }

    private var isDue: Bool { (try? verifier.refreshDueInMilliseconds()) == 0 }

    private static func failure(_ error: VerifyError) -> ProviderFailure {
        .token("the token was not signed by the provider, or not as it should be: \(error.detail)")
    }

    /// One fetch for all that want one. Whether it brought keys.
    private func refresh() -> Task<Bool, Never> {
        state.withLock { state in
            if let task = state.underWay { return task }
            let started = Task { [self] in
                let brought = await fetch()
                self.state.withLock { $0 = State(underWay: nil, isCurrent: brought) }
                return brought
            }
            state.underWay = started
            return started
        }
    }

    private func fetch() async -> Bool {
        let fetchedAt = clock.now().seconds
        guard let answer = try? await http.get(url), answer.status == 200 else {
            verifier.refreshFailed()
            return false
        }
        return (try? verifier.install(jwks: answer.body, fetchedAt: fetchedAt, maxAgeSeconds: answer.maxAge)) != nil
    }
}
