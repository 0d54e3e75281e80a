/// A token whose every check but that of a charge has passed. There is no other way to make one.
public struct VerifiedAuthorization: Sendable {
    package let keyIDBytes: [UInt8]
    package let authorizationIDClaim: JSONValue
    package let agentIDClaim: JSONValue
    package let companyIDClaim: JSONValue
    package let currencyClaim: JSONValue
    package let claims: JSONValue
    let lifetime: Lifetime
    let limit: SpendLimit

    /// The verified JSON bytes.
    public let payload: [UInt8]

    /// Throws `claimMissing` or `claimType` for the claims that only name things.
    init(
        keyID: [UInt8], payload: [UInt8], claims: Claims, lifetime: Lifetime, limit: SpendLimit
    ) throws(VerifyError) {
        authorizationIDClaim = try claims.string("jti")
        agentIDClaim = try claims.string("sub")
        companyIDClaim = try claims.string("company")
        currencyClaim = try claims.string("currency")
        self.claims = claims.object
        self.lifetime = lifetime
        self.limit = limit
        self.payload = payload
        keyIDBytes = keyID
    }

    package var merchantIDClaim: JSONValue? { limit.merchantID }

    /// The authorization, `auth_…` (`jti`).
    public var authorizationID: String { authorizationIDClaim.string ?? "" }
    /// The agent that may spend, `agt_…` (`sub`).
    public var agentID: String { agentIDClaim.string ?? "" }
    /// The company whose money it is, `co_…`.
    public var companyID: String { companyIDClaim.string ?? "" }
    /// The merchant's `id`, or nil where the token names none.
    public var merchantID: String? { limit.merchantID?.string }
    /// The `kid` of the key that verified it.
    public var keyID: String { String(copying: keyIDBytes.span) }
    /// The most that may be charged, in minor units of `currency`: 1 to 2^53 - 1.
    public var maxAmount: Int64 { limit.maxAmount }
    /// ISO 4217, three capital letters.
    public var currency: String { currencyClaim.string ?? "" }
    /// Unix seconds (`iat`).
    public var issuedAt: Int64 { lifetime.issuedAt }
    /// Unix seconds (`exp`).
    public var expiresAt: Int64 { lifetime.expiresAt }

    /// Whether the token permits this charge too: throws `amount`, `currency` or `merchant` if it does not.
    public func check(_ charge: Charge) throws(VerifyError) { try limit.check(charge) }

    /// The string claim of that name. Throws `claimMissing` or `claimType`.
    public func claim(string name: String) throws(VerifyError) -> String {
        guard let text = try claim(name).string else { throw VerifyError(.claimType) }
        return text
    }

    /// The integer claim of that name. Throws `claimMissing` or `claimType`.
    public func claim(int64 name: String) throws(VerifyError) -> Int64 {
        guard let number = try claim(name).int64 else { throw VerifyError(.claimType) }
        return number
    }

    private func claim(_ name: String) throws(VerifyError) -> JSONValue {
        guard let value = claims[utf8: Array(name.utf8).span] else { throw VerifyError(.claimMissing) }
        return value
    }
}

/// A JWS whose signature holds. Nothing in its payload was looked at, so it permits nothing.
public struct VerifiedJWS: Sendable {
    package let keyIDBytes: [UInt8]
    /// The verified bytes, which may be anything.
    public let payload: [UInt8]

    /// The `kid` of the key that verified it.
    public var keyID: String { String(copying: keyIDBytes.span) }
}
