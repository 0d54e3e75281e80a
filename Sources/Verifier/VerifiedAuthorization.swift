/// A token whose every check has passed, but for that of a charge where `verifyTokenOnly` made it.
public struct VerifiedAuthorization: Sendable {
    // Sendable: the memory is this value's and its copies' alone, and nobody writes it any more.
    private let memory: TokenMemory
    private let payloadPart: TokenMemory.DecodedPart
    private let found: AuthorizationClaims

    init(_ found: AuthorizationClaims, payload: TokenMemory.DecodedPart, in memory: TokenMemory) {
        self.found = found
        payloadPart = payload
        self.memory = memory
    }

    /// The only way to what was found, which is there as long as the memory.
    private func reading<Value>(_ read: (AuthorizationClaims) -> Value) -> Value {
        withExtendedLifetime(memory) { read(found) }
    }

    private func text(_ value: (AuthorizationClaims) -> JSONTapeValue) -> String {
        reading { value($0).string ?? "" }
    }

    /// The verified JSON bytes.
    public var payload: [UInt8] { reading { _ in unsafe Array(memory.bytes(of: payloadPart)) } }
    /// The authorization, `auth_…` (`jti`).
    public var authorizationID: String { text { $0.authorizationID } }
    /// The agent that may spend, `agt_…` (`sub`).
    public var agentID: String { text { $0.agentID } }
    /// The company whose money it is, `co_…`.
    public var companyID: String { text { $0.companyID } }
    /// The merchant's `id`, or nil where the token names none.
    public var merchantID: String? { reading { $0.merchantID?.string } }
    /// The `kid` of the key that verified it.
    public var keyID: String { reading { _ in unsafe String(decoding: memory.keyID, as: UTF8.self) } }
    /// The most that may be charged, in minor units of `currency`: 1 to 2^53 - 1.
    public var maxAmount: Int64 { found.maxAmount }
    /// ISO 4217, three capital letters.
    public var currency: String { text { $0.currency } }
    /// Unix seconds (`iat`).
    public var issuedAt: Int64 { found.issuedAt }
    /// Unix seconds (`exp`).
    public var expiresAt: Int64 { found.expiresAt }

    /// Whether the token permits this charge too: throws `amount`, `currency` or `merchant` if it does not. It claims
    /// nothing of a replay guard.
    public func check(_ charge: Charge) throws(VerifyError) {
        let outcome = reading { found in
            Result { () throws(VerifyError) in
                try found.limit.check(charge.terms, merchantID: charge.merchantID.span)
            }
        }
        try outcome.get()
    }

    /// The string claim of that name. Throws `claimMissing` or `claimType`.
    public func claim(string name: String) throws(VerifyError) -> String {
        try claim(name) { $0.string }
    }

    /// The integer claim of that name. Throws `claimMissing` or `claimType`.
    public func claim(int64 name: String) throws(VerifyError) -> Int64 {
        try claim(name) { $0.int64 }
    }

    private func claim<Value>(_ name: String, _ read: (JSONTapeValue) -> Value?) throws(VerifyError) -> Value {
        let value: Value?? = reading { $0.claims[utf8: Array(name.utf8).span].map(read) }
        guard let claim = value else { throw VerifyError(.claimMissing) }
        guard let value = claim else { throw VerifyError(.claimType) }
        return value
    }
}

/// A JWS whose signature holds. Nothing in its payload was looked at, so it permits nothing.
public struct VerifiedJWS: Sendable {
    /// The verified bytes, which may be anything.
    public let payload: [UInt8]
    /// The `kid` of the key that verified it.
    public let keyID: String
}
