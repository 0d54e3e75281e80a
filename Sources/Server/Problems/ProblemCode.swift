import HTTPTypes
import Issuer

/// Why a request was refused, for programs: stable, and each of one status. The document of the API has a line on each.
enum ProblemCode: String, CaseIterable, Sendable {
    // 400: what cannot be read
    case malformedJSON = "MALFORMED_JSON"
    case duplicateMember = "DUPLICATE_MEMBER"
    case jsonTooDeep = "JSON_TOO_DEEP"
    case invalidIdempotencyKey = "INVALID_IDEMPOTENCY_KEY"
    case invalidIfMatch = "INVALID_IF_MATCH"
    case badRequest = "BAD_REQUEST"
    case badHost = "BAD_HOST"
    case badTarget = "BAD_TARGET"
    case ambiguousLength = "AMBIGUOUS_LENGTH"
    case bodyIncomplete = "BODY_INCOMPLETE"
    case invalidEnvironment = "INVALID_ENVIRONMENT"
    case malformedForm = "MALFORMED_FORM"
    case duplicateField = "DUPLICATE_FIELD"
    // 401, 403
    case unauthenticated = "UNAUTHENTICATED"
    case wrongCredentials = "WRONG_CREDENTIALS"
    case insufficientScope = "INSUFFICIENT_SCOPE"
    case operatorOnly = "OPERATOR_ONLY"
    case metricsLocalOnly = "METRICS_LOCAL_ONLY"
    case ownersOnly = "OWNERS_ONLY"
    case sessionOnly = "SESSION_ONLY"
    case resetNotAllowed = "RESET_NOT_ALLOWED"
    case signupClosed = "SIGNUP_CLOSED"
    case noCompany = "NO_COMPANY"
    case passwordsOff = "PASSWORDS_OFF"
    case crossSiteRequest = "CROSS_SITE_REQUEST"
    case csrfTokenMissing = "CSRF_TOKEN_MISSING"
    case staleForm = "STALE_FORM"
    // 404, 405
    case notFound = "NOT_FOUND"
    case noSuchRoute = "NO_SUCH_ROUTE"
    case invitationInvalid = "INVITATION_INVALID"
    case resetInvalid = "RESET_INVALID"
    case methodNotAllowed = "METHOD_NOT_ALLOWED"
    // 409, 412
    case invalidState = "INVALID_STATE"
    case idempotencyKeyInUse = "IDEMPOTENCY_KEY_IN_USE"
    case keyTooNew = "KEY_TOO_NEW"
    case emailTaken = "EMAIL_TAKEN"
    case lastOwner = "LAST_OWNER"
    case alreadyMember = "ALREADY_MEMBER"
    case tooManyMembers = "TOO_MANY_MEMBERS"
    case memberElsewhere = "MEMBER_ELSEWHERE"
    case noPassword = "NO_PASSWORD"
    case identityTaken = "IDENTITY_TAKEN"
    case versionMismatch = "VERSION_MISMATCH"
    // 408, 413, 415, 417, 421, 429, 431
    case requestTimeout = "REQUEST_TIMEOUT"
    case bodyTooLarge = "BODY_TOO_LARGE"
    case unsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE"
    case expectationFailed = "EXPECTATION_FAILED"
    case unknownHost = "UNKNOWN_HOST"
    case rateLimited = "RATE_LIMITED"
    case headerTooLarge = "HEADER_TOO_LARGE"
    // 422: what a field may not be, or what the fields may not be together
    case validationFailed = "VALIDATION_FAILED"
    case unknownField = "UNKNOWN_FIELD"
    case required = "REQUIRED"
    case wrongType = "WRONG_TYPE"
    case outOfRange = "OUT_OF_RANGE"
    case invalidValue = "INVALID_VALUE"
    case tooMany = "TOO_MANY"
    case unknownCurrency = "UNKNOWN_CURRENCY"
    case unknownParameter = "UNKNOWN_PARAMETER"
    case duplicateParameter = "DUPLICATE_PARAMETER"
    case confirmExceedsAuthorized = "CONFIRM_EXCEEDS_AUTHORIZED"
    case idempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED"
    case tooManyKeys = "TOO_MANY_KEYS"
    case tooManyPolicies = "TOO_MANY_POLICIES"
    case passwordTooShort = "PASSWORD_TOO_SHORT"
    case passwordTooCommon = "PASSWORD_TOO_COMMON"
    case changedMeanwhile = "CHANGED_MEANWHILE"
    // 5xx
    case internalError = "INTERNAL_ERROR"
    case storageUnavailable = "STORAGE_UNAVAILABLE"
    case outcomeUnknown = "OUTCOME_UNKNOWN"
    case signingUnavailable = "SIGNING_UNAVAILABLE"
    case providerUnavailable = "PROVIDER_UNAVAILABLE"
    case busy = "BUSY"
    case stopping = "STOPPING"
    case unavailable = "UNAVAILABLE"
    case httpVersion = "HTTP_VERSION"

    var status: HTTPResponse.Status {
        switch self {
        case .malformedJSON, .duplicateMember, .jsonTooDeep, .invalidIdempotencyKey, .invalidIfMatch, .badRequest,
            .badHost, .badTarget, .ambiguousLength, .bodyIncomplete, .invalidEnvironment, .malformedForm,
            .duplicateField:
            .badRequest
        case .unauthenticated, .wrongCredentials: .unauthorized
        case .insufficientScope, .operatorOnly, .metricsLocalOnly, .ownersOnly, .sessionOnly, .signupClosed, .noCompany,
            .passwordsOff, .resetNotAllowed, .crossSiteRequest, .csrfTokenMissing, .staleForm:
            .forbidden
        case .notFound, .noSuchRoute, .invitationInvalid, .resetInvalid: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .requestTimeout: .requestTimeout
        case .invalidState, .idempotencyKeyInUse, .keyTooNew, .emailTaken, .lastOwner, .alreadyMember, .tooManyMembers,
            .memberElsewhere, .noPassword, .identityTaken:
            .conflict
        case .versionMismatch: .preconditionFailed
        case .bodyTooLarge: .contentTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .expectationFailed: .expectationFailed
        case .unknownHost: .misdirectedRequest
        case .validationFailed, .unknownField, .required, .wrongType, .outOfRange, .invalidValue, .tooMany,
            .unknownCurrency, .unknownParameter, .duplicateParameter, .confirmExceedsAuthorized, .idempotencyKeyReused,
            .tooManyKeys, .tooManyPolicies, .passwordTooShort, .passwordTooCommon, .changedMeanwhile:
            .unprocessableContent
        case .rateLimited: .tooManyRequests
        case .headerTooLarge: .requestHeaderFieldsTooLarge
        case .internalError: .internalServerError
        case .storageUnavailable, .outcomeUnknown, .signingUnavailable, .providerUnavailable, .busy, .stopping,
            .unavailable:
            .serviceUnavailable
        case .httpVersion: .httpVersionNotSupported
        }
    }

    init(_ code: InvalidValue.Code) {
        self =
            switch code {
            case .invalidValue: .invalidValue
            case .outOfRange: .outOfRange
            case .unknownCurrency: .unknownCurrency
            case .tooManyKeys: .tooManyKeys
            case .tooManyPolicies: .tooManyPolicies
            case .required: .required
            case .duplicateField: .duplicateField
            case .passwordTooShort: .passwordTooShort
            case .passwordTooCommon: .passwordTooCommon
            case .changedMeanwhile: .changedMeanwhile
            }
    }
}
