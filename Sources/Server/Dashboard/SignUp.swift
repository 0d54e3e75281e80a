import Hummingbird

/// Who may open a company here.
enum SignUp: Sendable, Equatable {
    /// Whoever reaches the server.
    case open
    /// Whoever comes under this machine's own name, and through no proxy that says so.
    case local
    /// Nobody: an operator makes companies.
    case closed

    func isOpen(to request: Request) -> Bool {
        switch self {
        case .open: true
        case .local: Sites.isLocal(request) && !request.wasForwarded
        case .closed: false
        }
    }
}
