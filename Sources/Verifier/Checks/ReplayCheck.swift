/// Whether the token was charged before. Comes last of the checks, so that only a token which permits this charge is
/// claimed for it.
enum ReplayCheck {
    static func check(
        _ authorization: AuthorizationClaims, issuer: [UInt8], transactionID: Span<UInt8>, leewaySeconds: UInt32,
        replayGuard: any ReplayGuard
    ) throws(VerifyError) {
        let keepUntil = authorization.lifetime.expiresAt.addingClamped(Int64(leewaySeconds))
        let answer = unsafe replayGuard.claim(
            issuer: issuer.span, authorizationID: authorization.authorizationID.utf8.span, keepUntil: keepUntil,
            transactionID: transactionID)
        switch answer {
        case .first, .sameTransaction: return
        case .seen: throw VerifyError(.replayed)
        case .unavailable: throw VerifyError(.replayUnavailable)
        }
    }
}
