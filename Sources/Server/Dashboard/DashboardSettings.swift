/// What an operator decides about the dashboard.
struct DashboardSettings: Sendable {
    /// Where people reach it. Nil: at the issuer's own URL.
    var publicURL: String?
    /// Who may open a company here.
    var signUp = SignUp.open
    /// Whose session tokens the API takes.
    var clerk: ClerkSettings?
    /// Who signs people in, beside their passwords.
    var oidc: OIDCSettings?
}
