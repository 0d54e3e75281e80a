import HTTPTypes
import Hummingbird
import Issuer

/// What the pages before one is signed in share: `/sign-in`, `/sign-up`, `/join`, `/reset-password`.
extension Visit {
    /// The browser has that session now, and is sent to a page.
    ///
    /// Who signs in where somebody is signed in leaves no session behind that nobody sees any more.
    func enter(_ entered: SignedIn, to path: String) async throws -> Response {
        try await endOldSession()
        var response = redirect(to: path)
        response.begin(entered, at: site)
        return response
    }

    func endOldSession() async throws {
        if let signedIn { try await dashboard.end(signedIn) }
    }

    /// Such a page; `problem`: what it says was wrong with what came before.
    func door(_ template: String, title: String, _ page: Any, _ problem: Problem? = nil) throws -> Response {
        var response = try self.page(template, title: title, page, status: problem?.status ?? .ok)
        response.headers[.retryAfter] = problem?.headers[.retryAfter]
        return response
    }
}

extension Dashboard {
    /// The session that the browser has, if it has one.
    func endSession(of request: Request, _ scope: RequestScope) async throws {
        guard let token = sessions.token(in: request) else { return }
        do {
            try await end(try await sessions.signedIn(token, scope))
        } catch IssuerError.unauthenticated {}
    }

    fileprivate func end(_ signedIn: SignedIn) async throws {
        do {
            try await issuer.signOut(signedIn)
        } catch IssuerError.unauthenticated, IssuerError.notFound {}
    }
}

extension Problem {
    /// What the visitor did wrong. Throws what is this server's own fault.
    static func ofVisitor(_ error: any Error) throws -> Problem {
        let problem = Problem(error)
        guard problem.status.kind == .clientError else { throw error }
        return problem
    }
}
