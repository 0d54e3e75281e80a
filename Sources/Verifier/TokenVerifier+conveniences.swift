/// The calls for a Swift program: what they return owns its memory.
extension TokenVerifier {
    /// Verifies a token against the charge that is about to be made; returning is the permission to make it.
    ///
    /// Throws the status of the first check that fails. The order is part of the contract.
    public func verify(_ token: Span<UInt8>, charge: Charge) throws(VerifyError) -> VerifiedAuthorization {
        try requireMemory(toVerify: token)
        let memory = TokenMemory()
        let (authorization, payload) = try verify(
            token, charge: charge.terms, merchantID: charge.merchantID.span,
            transactionID: charge.transactionID.span, in: memory)
        return VerifiedAuthorization(authorization, payload: payload, in: memory)
    }

    /// Verifies a token against the charge that is about to be made; see `verify(_:charge:)` of a span.
    public func verify(_ token: [UInt8], charge: Charge) throws(VerifyError) -> VerifiedAuthorization {
        try verify(token.span, charge: charge)
    }

    /// Verifies a token against the charge that is about to be made; see `verify(_:charge:)` of a span.
    public func verify(_ token: String, charge: Charge) throws(VerifyError) -> VerifiedAuthorization {
        try verify(Array(token.utf8).span, charge: charge)
    }

    /// Verifies everything but the charge, and claims nothing of a replay guard: for logs and tools. It permits nothing.
    public func verifyTokenOnly(_ token: Span<UInt8>) throws(VerifyError) -> VerifiedAuthorization {
        try requireMemory(toVerify: token)
        let memory = TokenMemory()
        let (authorization, payload) = try verifyTokenOnly(token, in: memory)
        return VerifiedAuthorization(authorization, payload: payload, in: memory)
    }

    /// Verifies everything but the charge; see `verifyTokenOnly(_:)` of a span.
    public func verifyTokenOnly(_ token: String) throws(VerifyError) -> VerifiedAuthorization {
        try verifyTokenOnly(Array(token.utf8).span)
    }

    /// Verifies the signature and the rules for keys, and nothing in the payload, which may be anything: for
    /// conformance vectors. It permits nothing.
    public func verifyJWS(_ token: Span<UInt8>) throws(VerifyError) -> VerifiedJWS {
        try requireMemory(toVerify: token)
        let memory = TokenMemory()
        let payload = try verifyJWS(token, in: memory)
        return unsafe VerifiedJWS(
            payload: Array(memory.bytes(of: payload)), keyID: String(decoding: memory.keyID, as: UTF8.self))
    }

    /// Verifies the signature and the rules for keys alone; see `verifyJWS(_:)` of a span.
    public func verifyJWS(_ token: String) throws(VerifyError) -> VerifiedJWS {
        try verifyJWS(Array(token.utf8).span)
    }

    /// Throws `noMemory` unless there is enough to verify the token, and to copy what is verified.
    private func requireMemory(toVerify token: Span<UInt8>) throws(VerifyError) {
        try Memory.require(2 * min(token.count, Int(clamping: options.maxTokenBytes)) + Memory.reserve)
    }

    /// Installs a JWKS document; see `install(jwks:fetchedAt:maxAgeSeconds:)` of a span.
    @discardableResult
    public func install(
        jwks document: [UInt8], fetchedAt: Int64, maxAgeSeconds: UInt32? = nil
    ) throws(VerifyError) -> [LeftOutKey] {
        try install(jwks: document.span, fetchedAt: fetchedAt, maxAgeSeconds: maxAgeSeconds)
    }

    /// Installs a JWKS document; see `install(jwks:fetchedAt:maxAgeSeconds:)` of a span.
    @discardableResult
    public func install(
        jwks document: String, fetchedAt: Int64, maxAgeSeconds: UInt32? = nil
    ) throws(VerifyError) -> [LeftOutKey] {
        try install(jwks: Array(document.utf8).span, fetchedAt: fetchedAt, maxAgeSeconds: maxAgeSeconds)
    }
}
