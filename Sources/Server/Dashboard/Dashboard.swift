import Issuer
import Logging
import Verifier

/// What all of the dashboard's routes share.
final class Dashboard: Sendable {
    let issuer: Issuer
    let settings: DashboardSettings
    let sites: Sites
    /// Those that say where a request comes from.
    let proxies: TrustedProxies
    let sessions: SessionCookie
    let signInLimits: SignInLimits
    let templates: Templates
    let looks: Looks
    /// Nil where nobody's session tokens are taken.
    let clerk: ClerkTokens?
    /// Nil where nobody signs people in but the dashboard itself.
    let oidc: OIDCProvider?
    let bearers: BearerTokens
    let clock: WallClock
    let logger: Logger

    /// `uptime` gives nanoseconds of a clock that nobody sets; `host` is where the server listens.
    init(
        issuer: Issuer, settings: DashboardSettings, host: String, proxies: TrustedProxies = .none,
        rateLimits: RateLimits, clock: WallClock,
        http: ProviderHTTP = ProviderHTTP(), logger: Logger, uptime: @escaping @Sendable () -> Int64
    ) throws {
        self.clock = clock
        self.logger = logger
        self.issuer = issuer
        self.settings = settings
        self.proxies = proxies
        sites = Sites(publicURL: settings.publicURL ?? issuer.settings.issuerURL, listeningOn: host)
        sessions = SessionCookie(issuer: issuer, sites: sites, limits: rateLimits)
        signInLimits = SignInLimits(now: uptime)
        templates = Templates.embedded
        looks = Looks(now: uptime)
        let sites = sites
        clerk = try settings.clerk.map { clerk in
            let keys = try ProviderKeys(
                algorithms: .rs256, url: clerk.jwksURL, http: http, clock: clock, uptime: uptime)
            return ClerkTokens(settings: clerk, keys: keys, sites: sites)
        }
        oidc = settings.oidc.map { OIDCProvider($0, http: http, clock: clock, uptime: uptime) }
        bearers = BearerTokens(
            issuer: issuer, clock: clock, clerk: clerk, signUp: settings.signUp, limits: rateLimits, logger: logger)
    }
}
