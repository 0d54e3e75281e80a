import Issuer

/// What all of the dashboard's routes share.
final class Dashboard: Sendable {
    let issuer: Issuer
    let settings: DashboardSettings
    let sites: Sites
    let sessions: SessionCookie
    let signInLimits: SignInLimits
    let templates: Templates
    let overviews: OverviewMemory

    /// `uptime` gives nanoseconds of a clock that nobody sets; `host` is where the server listens.
    init(
        issuer: Issuer, settings: DashboardSettings, host: String, rateLimits: RateLimits,
        uptime: @escaping @Sendable () -> Int64
    ) {
        self.issuer = issuer
        self.settings = settings
        sites = Sites(publicURL: settings.publicURL ?? issuer.settings.issuerURL, listeningOn: host)
        sessions = SessionCookie(issuer: issuer, sites: sites, limits: rateLimits)
        signInLimits = SignInLimits(now: uptime)
        templates = Templates.embedded
        overviews = OverviewMemory(now: uptime)
    }
}
