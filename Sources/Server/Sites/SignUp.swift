import Hummingbird

/// Who may open a company here.
enum SignUp: Sendable, Equatable {
    /// Whoever reaches the server.
    case open
    /// Whoever comes under this machine's own name, and through no proxy that says so.
    case local
    /// Whom an identity provider has signed in.
    case provider
    /// Nobody: an operator makes companies.
    case closed

    /// `byProvider`: whether it is an identity provider that says who asks.
    func isOpen(to request: Request, byProvider: Bool) -> Bool {
        switch self {
        case .open: true
        case .local: Sites.isLocal(request) && !request.wasForwarded
        case .provider: byProvider
        case .closed: false
        }
    }
}
