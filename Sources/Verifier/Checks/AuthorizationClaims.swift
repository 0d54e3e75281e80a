/// What a token says whose every check but those of the charge has passed. There is no other way to make one.
///
/// Its values are in the `TokenMemory` that the verification used, and as long-lived as what that holds.
package struct AuthorizationClaims: Sendable {
    package let claims: JSONTapeValue
    package let authorizationID: JSONTapeValue
    package let agentID: JSONTapeValue
    package let companyID: JSONTapeValue
    package let currency: JSONTapeValue
    let lifetime: Lifetime
    let limit: SpendLimit

    /// Throws `claimMissing` or `claimType` for the claims that only name or describe things.
    init(_ claims: Claims, lifetime: Lifetime, limit: SpendLimit) throws(VerifyError) {
        authorizationID = try claims.string("jti")
        agentID = try claims.string("sub")
        companyID = try claims.string("company")
        currency = try claims.string("currency")
        try DescriptiveClaims.check(claims)
        self.claims = claims.object
        self.lifetime = lifetime
        self.limit = limit
    }

    package var merchantID: JSONTapeValue? { limit.merchantID }
    package var maxAmount: Int64 { limit.maxAmount }
    package var issuedAt: Int64 { lifetime.issuedAt }
    package var expiresAt: Int64 { lifetime.expiresAt }
}
