import Hummingbird

/// What an operator decides about the dashboard.
struct DashboardSettings: Sendable {
    /// Where people reach it. Nil: at the issuer's own URL.
    var publicURL: String?
    /// Who may open a company here.
    var signUp = SignUp.open
    /// Whether people have passwords here. If not, an identity provider signs everybody in.
    var takesPasswords = true

    /// Whose session tokens the API takes.
    var clerk: ClerkSettings?
    /// Who signs people in, beside their passwords.
    var oidc: OIDCSettings?

    /// Whether whoever asks may open a company with a password.
    func opensSignUp(to request: Request) -> Bool {
        takesPasswords && signUp.isOpen(to: request, byProvider: false)
    }
}
