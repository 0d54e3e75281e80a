/// The same calls for the types that a Swift program has at hand.
extension TokenVerifier {
    /// Verifies a token against the charge that is about to be made; see `verify(_:charge:)` of a span.
    public func verify(_ token: [UInt8], charge: Charge) throws(VerifyError) -> VerifiedAuthorization {
        try verify(token.span, charge: charge)
    }

    /// Verifies a token against the charge that is about to be made; see `verify(_:charge:)` of a span.
    public func verify(_ token: String, charge: Charge) throws(VerifyError) -> VerifiedAuthorization {
        try verify(Array(token.utf8).span, charge: charge)
    }

    /// Verifies everything but the charge; see `verifyTokenOnly(_:)` of a span.
    public func verifyTokenOnly(_ token: String) throws(VerifyError) -> VerifiedAuthorization {
        try verifyTokenOnly(Array(token.utf8).span)
    }

    /// Verifies the signature and the rules for keys alone; see `verifyJWS(_:)` of a span.
    public func verifyJWS(_ token: String) throws(VerifyError) -> VerifiedJWS {
        try verifyJWS(Array(token.utf8).span)
    }

    /// Installs a JWKS document; see `install(jwks:fetchedAt:)` of a span.
    @discardableResult
    public func install(jwks document: [UInt8], fetchedAt: Int64) throws(VerifyError) -> [LeftOutKey] {
        try install(jwks: document.span, fetchedAt: fetchedAt)
    }

    /// Installs a JWKS document; see `install(jwks:fetchedAt:)` of a span.
    @discardableResult
    public func install(jwks document: String, fetchedAt: Int64) throws(VerifyError) -> [LeftOutKey] {
        try install(jwks: Array(document.utf8).span, fetchedAt: fetchedAt)
    }
}
