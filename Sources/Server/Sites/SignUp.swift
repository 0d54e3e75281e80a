import Hummingbird

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
