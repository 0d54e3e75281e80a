import HTTPTypes
import Hummingbird
import Issuer
import Logging

/// Turns `Authorization: Bearer` into whoever the identity provider says it is.
struct BearerTokens: Sendable {
    let issuer: Issuer
    let clock: WallClock
    /// Nil where no provider's tokens are taken.
    let clerk: ClerkTokens?
    let signUp: SignUp
    let limits: RateLimits
    let logger: Logger

    /// Throws a problem for a token that is not good, and says what is wrong with it: its bearer has it in hand.
    func principal(_ token: String, _ request: Request, _ scope: RequestScope) async throws -> Principal {
        guard let clerk else { throw Problem.bearerNotTaken }
        let environment = try Self.environment(request)
        do {
            let identity = try await clerk.identity(in: token, clock: clock)
            return try await issuer.principal(
                of: identity, in: environment, opensCompanies: signUp.isOpen(to: request, byProvider: true),
                requestID: scope.requestID)
        } catch let failure as ProviderFailure {
            if case .token = failure {
                // Looked at all the same, which takes microseconds: others' wrong ones keep nobody out who is in.
                guard limits.mayTry(scope.client) else {
                    throw Problem.rateLimited(
                        "Too many wrong credentials from this network address.", retryAfterSeconds: 1)
                }
                limits.noteRefusal(scope.client)
            }
            throw Problem(failure, logger: logger, requestID: scope.requestID)
        }
    }

    /// A token is of a company, not of an environment: the request says which it means, live where it says nothing.
    private static func environment(_ request: Request) throws -> BooksEnvironment {
        guard let text = request.headers[.paitifyEnvironment] else { return .live }
        guard let environment = BooksEnvironment(rawValue: text) else {
            throw Problem(
                .invalidEnvironment, "The header field Paitify-Environment is \"live\" or \"test\".")
        }
        return environment
    }
}

extension Problem {
    fileprivate static let bearerNotTaken = unauthenticated(
        "Bearer tokens are not taken here: no identity provider is configured (CLERK_ISSUER_URI). Send an API key in the "
            + "header field X-API-Key.")

    /// What the provider, or its token, was found wanting in.
    init(_ failure: ProviderFailure, logger: Logger, requestID: String) {
        switch failure {
        case .token(let sentence):
            self.init(
                .unauthenticated,
                sentence.prefix(1).uppercased() + sentence.dropFirst() + (sentence.hasSuffix(".") ? "" : "."),
                headers: [.wwwAuthenticate: "Bearer realm=\"paitify\", error=\"invalid_token\""])
        case .unavailable(let sentence):
            logger.warning(
                "the identity provider cannot be used",
                metadata: ["requestId": "\(requestID)", "problem": "\(sentence)"])
            self.init(
                .providerUnavailable,
                "The identity provider cannot be used now; nothing was done. Try again shortly.",
                headers: [.retryAfter: "5"])
        }
    }
}
