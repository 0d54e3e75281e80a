import Hummingbird
import Issuer

/// A try with a password, counted before it is made.
extension Dashboard {
    /// Runs `attempt`, unless too many came for that account or from that network. Whose password it is pays for no
    /// guesses of others once it is right.
    func attempt<Value>(
        _ email: EmailAddress, _ scope: RequestScope, _ attempt: () async throws -> Value
    ) async throws -> Value {
        switch signInLimits.take(email, from: scope.client) {
        case .mayTry: break
        case .wait(let seconds, let isNews):
            // Not waited for: how long it takes would tell whether there is such an account.
            if isNews { Task { try? await issuer.noteBlockedSignIn(email, requestID: scope.requestID) } }
            throw Problem.rateLimited("Too many sign-ins were tried.", retryAfterSeconds: seconds)
        }
        let value = try await attempt()
        signInLimits.succeeded(email)
        return value
    }

    func requireSignUp(_ request: Request, _ scope: RequestScope) throws {
        guard settings.signUp.isOpen(to: request, from: scope.client), !isSignInClerks else {
            throw Problem.signUpClosed
        }
        if let wait = signInLimits.takeSignUp(from: scope.client) {
            throw Problem.rateLimited("Too many sign-ups came from this network address.", retryAfterSeconds: wait)
        }
    }
}

extension Visit {
    /// Whether whoever comes here may open a company.
    var isSignUpOpen: Bool { dashboard.settings.signUp.isOpen(to: request, from: scope.client) }
}

extension Problem {
    static let signUpClosed = Problem(
        .signupClosed,
        "Nobody can sign up here by themselves. Ask whoever operates this server for a company (paitify companies "
            + "create), or an owner of yours for an invitation.")
}
