/// What an operator decides about the dashboard.
struct DashboardSettings: Sendable {
    /// Where people reach it. Nil: at the issuer's own URL.
    var publicURL: String?
    /// Whether anybody may open a company here, or whoever is on this machine alone.
    var signUp = SignUp.open
    /// Whose session tokens the API takes.
    var clerk: ClerkSettings?
    /// Who signs people in, beside their passwords.
    var oidc: OIDCSettings?
}
