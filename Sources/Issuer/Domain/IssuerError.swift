/// Why a request was not carried out. A denial is not one of these: it is a decision.
public enum IssuerError: Error, Equatable, Sendable, Codable {
    /// The key is unknown, altered, expired or revoked: never said which.
    case unauthenticated
    /// The key lacks this scope.
    case forbidden(Scope)
    /// No such thing in this company and environment; another's looks the same.
    case notFound(Resource, String)
    /// The authorization's state does not allow it.
    case invalidState(AuthorizationStatus, String)
    case confirmExceedsAuthorized(authorized: Int64, requested: Int64)
    /// `If-Match` named another version than this one.
    case versionMismatch(current: Int64)
    /// The same idempotency key came with another request.
    case idempotencyKeyReused
    /// A value that only the books could show to be wrong; `field` as the API names it.
    case invalid(field: String, InvalidValue)
    /// The store cannot answer now.
    case storage(StorageError)
    /// No signing key, or one that cannot be opened.
    case signing(String)
    /// Only the issuer's operator may.
    case operatorOnly
    /// Verifiers may not know the announced key before then.
    case signingKeyTooNew(until: Instant, inSeconds: Int64)
    /// Something about accounts.
    case account(AccountRefusal)
    /// Too many requests wait to have their keys checked, or policies tried: nothing was done, and trying again shortly may
    /// help.
    case busy

    public enum Resource: String, Sendable, Codable {
        case agent, policy, policyVersion, authorization, approval, apiKey, company, signingKey
        case member, session, invitation
    }
}
