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
            throw Problem.rateLimited("Too many sign-in attempts.", retryAfterSeconds: seconds)
        }
        let value = try await attempt()
        signInLimits.succeeded(email)
        return value
    }

    func requireSignUp(_ request: Request, _ scope: RequestScope) throws {
        guard settings.opensSignUp(to: request) else { throw Problem.signUpClosed }
        if let wait = signInLimits.takeSignUp(from: scope.client) {
            throw Problem.rateLimited("Too many sign-ups from this network address.", retryAfterSeconds: wait)
        }
    }
}

extension Problem {
    static let passwordsOff = Problem(
        .passwordsOff, "People sign in here through an identity provider; passwords are turned off. Open /sign-in.")

    static let signUpClosed = Problem(
        .signupClosed,
        "Sign-up is closed here. Ask the server's operator for a company (paitify companies create), or an owner of your "
            + "company for an invitation.")
}
