/// When a token is good: `iat`, `nbf` and `exp`, in Unix seconds (RFC 7519 §4.1.4 to §4.1.6).
struct Lifetime: Sendable {
    let issuedAt: Int64
    let notBefore: Int64
    let expiresAt: Int64

    init(_ claims: Claims) throws(VerifyError) {
        issuedAt = try claims.integer("iat")
        notBefore = try claims.integer("nbf")
        expiresAt = try claims.integer("exp")
    }

    /// `leewaySeconds` forgives clocks that differ, at both ends. The end is exclusive: `exp` itself is too late.
    func check(at now: Int64, leewaySeconds: UInt32, maxLifetimeSeconds: UInt32) throws(VerifyError) {
        let leeway = Int64(leewaySeconds)
        guard now.subtractingClamped(leeway) < expiresAt else { throw VerifyError(.expired) }
        guard now.addingClamped(leeway) >= notBefore, now.addingClamped(leeway) >= issuedAt else {
            throw VerifyError(.notYetValid)
        }
        let seconds = expiresAt.subtractingClamped(issuedAt)
        guard seconds > 0, seconds <= Int64(maxLifetimeSeconds) else { throw VerifyError(.lifetime) }
    }
}
