/// Verifies spend authorizations offline, against an issuer's keys that were installed before.
///
/// Safe to share between threads: verifications take no lock, do no I/O and never wait; keys may be installed while
/// they run. Never traps, whatever the input. Copies are one verifier: they share its keys.
public struct TokenVerifier: Sendable {
    private let issuer: [UInt8]
    private let audiences: [[UInt8]]
    let algorithms: AlgorithmSet
    let options: Options
    let sha256: SHA256
    let cache = Published(KeyCache())

    /// A verifier without keys. Throws `argument` for options out of their bounds.
    public init(options: Options) throws(VerifyError) {
        try Memory.require(1 << 16)
        try options.check()
        JSONDocument.seedHashTables()
        sha256 = try SHA256.fetch()
        issuer = Array(options.issuer.utf8)
        var audiences: [[UInt8]] = []
        for audience in options.audiences { audiences.append(Array(audience.utf8)) }
        self.audiences = audiences
        algorithms = options.algorithms.isEmpty ? .rs256 : options.algorithms
        self.options = options
    }

    // MARK: Verifying

    /// Verifies a token against the charge that is about to be made; returning is the permission to make it.
    ///
    /// Throws the status of the first check that fails. The order is part of the contract.
    public func verify(_ token: Span<UInt8>, charge: Charge) throws(VerifyError) -> VerifiedAuthorization {
        let authorization = try authorization(in: token)
        try authorization.limit.check(charge)
        try RevocationCheck.check(authorization.claims)
        return authorization
    }

    /// Verifies everything but the charge: for logs and tools. It permits nothing, for it compares no amount.
    public func verifyTokenOnly(_ token: Span<UInt8>) throws(VerifyError) -> VerifiedAuthorization {
        let authorization = try authorization(in: token)
        try RevocationCheck.check(authorization.claims)
        return authorization
    }

    /// Every check before that of the charge.
    private func authorization(in token: Span<UInt8>) throws(VerifyError) -> VerifiedAuthorization {
        let now = try options.clock.now()
        let (jws, header) = try verifySignature(token, at: now)
        let claims = try Claims(payload: jws.payload.span)

        // RFC 8725 §3.11: the explicit type keeps a denial, or a token made for something else, from passing.
        guard header.isAuthorization else { throw VerifyError(.type) }
        try IssuerCheck.check(claims, issuer: issuer)
        try AudienceCheck.check(claims, audiences: audiences)
        let lifetime = try Lifetime(claims)
        try lifetime.check(
            at: now.wallSeconds, leewaySeconds: options.leewaySeconds, maxLifetimeSeconds: options.maxLifetimeSeconds)
        try DecisionCheck.check(claims)
        try EnvironmentCheck.check(claims, acceptsTest: options.acceptsTestEnvironment)
        return try VerifiedAuthorization(
            keyID: header.kid, payload: jws.payload, claims: claims, lifetime: lifetime, limit: SpendLimit(claims))
    }

    /// Verifies the signature and the rules for keys, and nothing in the payload, which may be anything: for
    /// conformance vectors. It permits nothing.
    public func verifyJWS(_ token: Span<UInt8>) throws(VerifyError) -> VerifiedJWS {
        let (jws, header) = try verifySignature(token, at: try options.clock.now())
        return VerifiedJWS(keyIDBytes: header.kid, payload: jws.payload)
    }

    /// Size, characters, parts, base64url; then the header; then the key; then the signature.
    private func verifySignature(_ token: Span<UInt8>, at now: Instant) throws(VerifyError) -> (CompactJWS, Header) {
        try requireMemory(toVerify: token)
        let bytesMax = Int(clamping: options.maxTokenBytes)
        let jws = try CompactJWS(token, bytesMax: bytesMax)
        let header = try Header(jws.header.span)
        guard let algorithm = header.algorithm, algorithms.contains(algorithm.asSet) else {
            throw VerifyError(.algorithm)
        }
        try cache.read { cache throws(VerifyError) in
            let keys = try cache.keys(at: now, maxStaleSeconds: options.keysMaxStaleSeconds)
            let key = try keys.key(header.kid)
            guard key.algorithm == algorithm else { throw VerifyError(.keyMismatch) }
            try key.verify(jws.signature.span, of: token.extracting(0..<jws.signedLength))
        }
        return (jws, header)
    }

    /// Throws `noMemory` unless there is enough to verify the token. Callers that allocate before they verify ask first.
    package func requireMemory(toVerify token: Span<UInt8>) throws(VerifyError) {
        // The decoded parts, and the host's copy of the payload; beyond the limit nothing is decoded.
        try Memory.require(2 * min(token.count, Int(clamping: options.maxTokenBytes)) + Memory.reserve)
    }
}
