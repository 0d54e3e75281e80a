import HTTPTypes
import Hummingbird
import Issuer
import NIOCore

extension Problem {
    /// The only place where an error becomes a status code.
    init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as IssuerError: self.init(error)
        case let error as any HTTPResponseError: self.init(framework: error)
        case is CancellationError: self = .stopping
        default: self = .internalError
        }
    }

    static let internalError = Problem(
        .internalError,
        "Something went wrong on the server. The log has the cause under this requestId.")

    /// The server was told to stop, and this request has had its time.
    static let stopping = Problem(
        .stopping, "The server is stopping. Send the request again, with its Idempotency-Key.",
        headers: [.retryAfter: "1"])

    private init(_ error: IssuerError) {
        switch error {
        case .unauthenticated:
            self = .unauthenticated(
                "The API key is not valid: unknown, altered, expired or revoked. Send a current one in X-API-Key.")
        case .forbidden(let scope):
            self.init(
                .insufficientScope,
                "This request needs the scope \"\(scope.rawValue)\", which this API key, or role, lacks. Use one that has it."
            )
        case .notFound(.signingKey, let kid):
            self.init(
                .notFound,
                "There is no signing key \"\(kid.prefix(100))\". List them with paitify keys list or GET /v1/keys.")
        case .notFound(let resource, let id):
            self.init(
                .notFound,
                "There is no \(resource.noun) \"\(id.prefix(100))\" here. Check the identifier, and that the API key "
                    + "belongs to the right company and environment.")
        case .invalidState(let status, let sentence):
            self.init(
                .invalidState, sentence.isEmpty ? "The authorization is \(status.rawValue)." : sentence)
        case .confirmExceedsAuthorized(let authorized, let requested):
            self.init(
                .confirmExceedsAuthorized,
                "\(requested) was to be confirmed, but only \(authorized) was authorized. "
                    + "Confirm at most that, or authorize the rest separately.")
            errors = [FieldError(field: "amount", code: code, message: "must be at most \(authorized)")]
        case .versionMismatch(let current):
            self.init(
                .versionMismatch,
                "If-Match does not name the current version, \(current). "
                    + "Read it again, apply your change to it, and send its ETag.")
        case .idempotencyKeyReused:
            self.init(
                .idempotencyKeyReused,
                "This Idempotency-Key was already used with a different request. Use a new key for a new request.")
            errors = [
                FieldError(field: "Idempotency-Key", code: code, message: "was already used with a different request")
            ]
        case .invalid(let field, let value):
            self.init(invalid: [FieldError(field: field, code: ProblemCode(value.code), message: value.message)])
        case .storage(let error):
            self.init(error)
        case .signing:
            self.init(
                .signingUnavailable,
                "No signing key is available now. The decision is stored: retry with the same Idempotency-Key.",
                headers: [.retryAfter: "1"])
        case .operatorOnly:
            self.init(
                .operatorOnly,
                "Signing keys sign for every company on this issuer, so only its operator can change them. Use the "
                    + "operator's key (PAITIFY_OPERATOR_KEY), or \"paitify keys\" on the issuer's machine.")
        case .signingKeyTooNew(let until, let seconds):
            self.init(
                .keyTooNew,
                "The announced key is too new: processors may not know it before \(until.rfc3339), and would refuse its "
                    + "tokens. Rotate then, or send \"force\": true to rotate anyway.",
                headers: [.retryAfter: "\(seconds)"])
        case .account(let refusal): self.init(refusal)
        case .busy:
            self.init(
                .busy,
                "Too many requests are waiting; nothing was done. Try again in a second.",
                headers: [.retryAfter: "1"])
        }
    }

    private init(_ refusal: AccountRefusal) {
        switch refusal {
        case .wrongCredentials:
            self.init(
                .wrongCredentials,
                "The email address or the password is wrong. Check both; passwords are case-sensitive.")
        case .emailTaken:
            self.init(
                .emailTaken,
                "This email address already has an account. Sign in, or use another address.")
        case .ownersOnly:
            self.init(
                .ownersOnly, "Only an owner of the company can manage its members. Ask one.")
        case .lastOwner:
            self.init(
                .lastOwner,
                "This is the company's only owner. Make someone else an owner first, or nobody could manage its members."
            )
        case .invitationInvalid:
            self.init(
                .invitationInvalid,
                "This invitation was used or withdrawn, or has expired after seven days. Ask for a new one.")
        case .alreadyMember:
            self.init(.alreadyMember, "You are already a member of this company. Sign in.")
        case .noCompany:
            self.init(
                .noCompany,
                "You are no longer a member of any company. Ask an owner for an invitation, or sign up with a new company."
            )
        case .tooManyMembers:
            self.init(
                .tooManyMembers,
                "A company has at most 1000 members, and 100 open invitations. Withdraw an invitation that is no longer needed."
            )
        case .resetInvalid:
            self.init(
                .resetInvalid,
                "This link was used or replaced by another, or has expired after a day. Ask for a new one.")
        case .resetNotAllowed:
            self.init(
                .resetNotAllowed,
                "Owners can create a password link for any other member, admins for viewers and approvers. Change your own "
                    + "password on the page Your account.")
        case .memberElsewhere:
            self.init(
                .memberElsewhere,
                "This person is also a member of another company here, so no single company can reset their password. "
                    + "The server's operator can: paitify members reset-password.")
        case .noPassword:
            self.init(
                .noPassword,
                "This person has no password here: they sign in through an identity provider, which manages their sign-in."
            )
        case .identityTaken:
            self.init(
                .identityTaken,
                "The provider signed in someone who already has an account here, or this account is already linked to another "
                    + "identity. Sign in there as someone else, or unlink that identity.")
        case .sessionOnly:
            self.init(
                .sessionOnly,
                "This is for people who are signed in to the dashboard; an API key cannot do it.")
        }
    }

    private init(_ error: StorageError) {
        switch error {
        case .unavailable:
            self.init(
                .storageUnavailable,
                "The database is unavailable; nothing was changed. Try again shortly.", headers: [.retryAfter: "1"])
        case .commitUnknown:
            self.init(
                .outcomeUnknown,
                "The connection to the database broke during the commit. Retry with the same Idempotency-Key to find "
                    + "out whether it succeeded.", headers: [.retryAfter: "1"])
        case .constraint, .corrupt, .schema:
            self = .internalError
        }
    }

    /// What the HTTP framework itself refuses.
    private init(framework error: any HTTPResponseError) {
        switch error.status {
        case .notFound: self = .noSuchRoute
        case .contentTooLarge: self.init(.bodyTooLarge, "The body is too large.")
        case let status where status.kind == .clientError:
            self.init(.badRequest, "The request cannot be read as HTTP.")
        default: self = .internalError
        }
    }

    static func unauthenticated(_ detail: String) -> Problem {
        Problem(
            .unauthenticated, detail,
            headers: [.wwwAuthenticate: "ApiKey realm=\"paitify\", header=\"X-API-Key\""])
    }

    static func rateLimited(_ sentence: String, retryAfterSeconds: Int64) -> Problem {
        Problem(
            .rateLimited, "\(sentence) Try again in \(retryAfterSeconds) s.",
            headers: [.retryAfter: "\(retryAfterSeconds)"])
    }

    static let noSuchRoute = Problem(
        .noSuchRoute,
        "Nothing is served at this path. Check its spelling against the API's documentation.")

    static func methodNotAllowed(_ allowed: [HTTPRequest.Method]) -> Problem {
        let names = allowed.map(\.rawValue).joined(separator: ", ")
        return Problem(
            .methodNotAllowed, "This path only accepts \(names).",
            headers: [.allow: names])
    }
}

extension IssuerError.Resource {
    var noun: String {
        switch self {
        case .agent: "agent"
        case .policy: "policy"
        case .policyVersion: "version of that policy"
        case .authorization: "authorization"
        case .approval: "request that waits for approval"
        case .apiKey: "API key"
        case .company: "company"
        case .signingKey: "signing key"
        case .member: "member"
        case .session: "session"
        case .invitation: "invitation"
        }
    }

    var nounWithArticle: String {
        switch self {
        case .agent, .authorization, .apiKey, .invitation: "an \(noun)"
        case .policy, .policyVersion, .approval, .company, .signingKey, .member, .session: "a \(noun)"
        }
    }
}
