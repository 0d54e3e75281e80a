import Hummingbird

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

/// Who may open a company.
enum SignUp: Sendable, Equatable {
    case open, closed
    /// Who comes to this machine itself, and through no proxy: what holds where nobody has said anything, since a public
    /// address may lead here.
    case local

    /// `client` is nil on loopback.
    func isOpen(to request: Request, from client: ClientNetwork?) -> Bool {
        switch self {
        case .open: true
        case .closed: false
        case .local: request.isLocal(from: client) && Sites.isLoopback(request)
        }
    }
}
