/// How a verification, or another call, came out. The numbers are stable; the hundreds tell the stage that decided.
public enum VerificationStatus: Int32, CaseIterable, Sendable {
    case ok = 0

    // Malformed token.
    case tooLarge = 100
    case malformed = 101
    case base64 = 102
    case json = 103
    case duplicateMember = 104

    // Header.
    case algorithm = 200
    case critical = 201
    case type = 202
    case header = 203

    // Keys.
    case unknownKey = 300
    case noKeys = 301
    case keysStale = 302
    case weakKey = 303
    case keyMismatch = 304
    case jwks = 305

    case signature = 400

    // Claims.
    case claimMissing = 500
    case claimType = 501
    case issuer = 502
    case audience = 503
    case expired = 504
    case notYetValid = 505
    case lifetime = 506
    case notApproved = 507
    case environment = 508

    // The charge does not match.
    case amount = 600
    case currency = 601
    case merchant = 602

    // Replay and revocation.
    case replayed = 700
    case replayUnavailable = 701
    case revoked = 702
    case statusStale = 703

    // Bundles.
    case bundle = 800
    case rollback = 801

    // The call itself.
    case argument = 900
    case noMemory = 901
    case io = 902
    case internalFailure = 903

    /// What to do about a status. "It is bad" and "I cannot tell" are opposite facts.
    public enum Verdict: Int32, Sendable {
        /// The charge may be made.
        case valid = 0
        /// Bad for good: decline, and do not retry.
        case rejected = 1
        /// It cannot be told now: decline, and retry once the cause is gone.
        case indeterminate = 2
    }

    public var verdict: Verdict {
        switch self {
        case .ok: .valid
        case .unknownKey, .noKeys, .keysStale, .replayUnavailable, .statusStale: .indeterminate
        case .argument, .noMemory, .io, .internalFailure: .indeterminate
        case .tooLarge, .malformed, .base64, .json, .duplicateMember, .algorithm, .critical, .type, .header,
            .weakKey, .keyMismatch, .jwks, .signature, .claimMissing, .claimType, .issuer, .audience, .expired,
            .notYetValid, .lifetime, .notApproved, .environment, .amount, .currency, .merchant, .replayed, .revoked,
            .bundle, .rollback:
            .rejected
        }
    }
}
