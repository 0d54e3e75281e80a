/// What a replay guard answers to the claim that a token is charged for the first time.
public enum ReplayAnswer: Int32, Sendable {
    /// Nobody claimed it before, and now it is claimed.
    case first = 0
    /// This very transaction claimed it before: a retry.
    case sameTransaction = 1
    /// Another transaction claimed it before.
    case seen = 2
    /// The guard cannot tell.
    case unavailable = 3
}

/// Claims a token for one transaction, atomically: of several at once one is the first.
///
/// Called by many threads at once, with the issuer, the authorization (`jti`), the Unix second until which the claim has
/// to be kept (the token's `exp` and the leeway: until then it can be accepted), and the transaction (may be empty). The
/// spans last as long as the call.
public typealias ReplayClaim =
    @Sendable (
        _ issuer: Span<UInt8>, _ authorizationID: Span<UInt8>, _ keepUntil: Int64, _ transactionID: Span<UInt8>
    ) -> ReplayAnswer

/// Whether the token was charged before. Comes last of the checks, so that only a token which permits this charge is
/// claimed for it.
enum ReplayCheck {
    static func check(
        _ authorization: AuthorizationClaims, issuer: [UInt8], transactionID: Span<UInt8>, leewaySeconds: UInt32,
        claim: ReplayClaim
    ) throws(VerifyError) {
        let keepUntil = authorization.lifetime.expiresAt.addingClamped(Int64(leewaySeconds))
        let answer = unsafe claim(issuer.span, authorization.authorizationID.utf8.span, keepUntil, transactionID)
        switch answer {
        case .first, .sameTransaction: return
        case .seen: throw VerifyError(.replayed)
        case .unavailable: throw VerifyError(.replayUnavailable)
        }
    }
}
