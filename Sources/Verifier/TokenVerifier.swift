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
    let refreshes = RefreshState()

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

    /// Verifies a token against the charge that is about to be made; returning is the permission to make it.
    ///
    /// Throws the status of the first check that fails. The order is part of the contract. What it returns is in
    /// `memory`, which the caller keeps, and uses again for another token when it needs the answer no more.
    package func verify(
        _ token: Span<UInt8>, charge: ChargeTerms, merchantID: Span<UInt8>, transactionID: Span<UInt8>,
        in memory: TokenMemory
    ) throws(VerifyError) -> (authorization: AuthorizationClaims, payload: TokenMemory.DecodedPart) {
        guard let audit = options.audit else {
            return try decide(token, charge, merchantID, transactionID, in: memory)
        }
        return try audited(by: audit, token, charge, merchantID, transactionID, in: memory)
    }

    /// Every check there is, in their order.
    func decide(
        _ token: Span<UInt8>, _ charge: ChargeTerms, _ merchantID: Span<UInt8>, _ transactionID: Span<UInt8>,
        in memory: TokenMemory
    ) throws(VerifyError) -> (authorization: AuthorizationClaims, payload: TokenMemory.DecodedPart) {
        let (authorization, payload) = try authorization(of: token, in: memory)
        try authorization.limit.check(charge, merchantID: merchantID)
        try RevocationCheck.check(authorization.claims)
        if let replayGuard = options.replayGuard {
            try ReplayCheck.check(
                authorization, issuer: issuer, transactionID: transactionID, leewaySeconds: options.leewaySeconds,
                replayGuard: replayGuard)
        }
        return (authorization, payload)
    }

    /// Verifies everything but the charge, and claims nothing of a replay guard: for logs and tools. It permits nothing.
    package func verifyTokenOnly(
        _ token: Span<UInt8>, in memory: TokenMemory
    ) throws(VerifyError) -> (authorization: AuthorizationClaims, payload: TokenMemory.DecodedPart) {
        let (authorization, payload) = try authorization(of: token, in: memory)
        try RevocationCheck.check(authorization.claims)
        return (authorization, payload)
    }

    /// Verifies the signature and the rules for keys, and nothing in the payload, which may be anything: for
    /// conformance vectors. It permits nothing.
    package func verifyJWS(
        _ token: Span<UInt8>, in memory: TokenMemory
    ) throws(VerifyError) -> TokenMemory.DecodedPart {
        try verifySignature(of: token, at: try options.clock.now(), in: memory).payload
    }

    /// Every check before that of the charge.
    private func authorization(
        of token: Span<UInt8>, in memory: TokenMemory
    ) throws(VerifyError) -> (AuthorizationClaims, TokenMemory.DecodedPart) {
        let now = try options.clock.now()
        let signed = try verifySignature(of: token, at: now, in: memory)
        let claims = Claims(object: try TokenPart.payload.read(signed.payload, in: memory))
        memory.signedClaims = claims.object

        // RFC 8725 §3.11: the explicit type keeps a denial, or a token made for something else, from passing.
        guard signed.isAuthorization else { throw VerifyError(.type) }
        try IssuerCheck.check(claims, issuer: issuer)
        try AudienceCheck.check(claims, audiences: audiences)
        let lifetime = try Lifetime(claims)
        try lifetime.check(
            at: now.wallSeconds, leewaySeconds: options.leewaySeconds, maxLifetimeSeconds: options.maxLifetimeSeconds)
        try DecisionCheck.check(claims)
        try EnvironmentCheck.check(claims, acceptsTest: options.acceptsTestEnvironment)
        let limit = try SpendLimit(claims)
        return (try AuthorizationClaims(claims, lifetime: lifetime, limit: limit), signed.payload)
    }

    /// A payload whose signature holds.
    private struct SignedPayload {
        let payload: TokenMemory.DecodedPart
        /// Whether the header's `typ` says that it is an approval.
        let isAuthorization: Bool
    }

    /// Size, characters, parts, base64url; then the header; then the key; then the signature.
    private func verifySignature(
        of token: Span<UInt8>, at now: Instant, in memory: TokenMemory
    ) throws(VerifyError) -> SignedPayload {
        memory.forget()
        let jws = try CompactJWS(token, bytesMax: Int(clamping: options.maxTokenBytes))
        try memory.prepare(forTokenOf: token.count)
        var wanted = WantedKeys.nothing
        do throws(VerifyError) {
            let signed = try verifySignature(of: token, jws, at: now, in: memory, &wanted)
            if wanted != .nothing { want(wanted, kidIn: memory, at: now) }
            return signed
        } catch {
            if wanted != .nothing { want(wanted, kidIn: memory, at: now) }
            memory.forget()  // the kid, which is that of no key that verified
            throw error
        }
    }

    private func verifySignature(
        of token: Span<UInt8>, _ jws: CompactJWS, at now: Instant, in memory: TokenMemory,
        _ wanted: inout WantedKeys
    ) throws(VerifyError) -> SignedPayload {
        let algorithms = algorithms  // a closure that held self would hold each of its parts
        return try cache.read { cache throws(VerifyError) in
            // Most headers are, to the letter, what the issuer writes for the key, and need no reading.
            let usual = cache.keyOfUsualHeader(token.extracting(jws.header))
            let parts = try DecodedParts(of: token, jws, readsHeader: usual == nil, in: memory)
            let key: PublicKey
            var isAuthorization = true
            if let usual {
                guard algorithms.contains(usual.algorithm.asSet) else { throw VerifyError(.algorithm) }
                usual.keepID(in: memory)
                try cache.requireServing(at: now, &wanted)
                key = usual
            } else {
                let header = try Header(try TokenPart.header.read(parts.header, in: memory))
                guard let algorithm = header.algorithm, algorithms.contains(algorithm.asSet) else {
                    throw VerifyError(.algorithm)
                }
                let kid = unsafe header.kid.utf8
                unsafe memory.keepKeyID(kid.span)
                try cache.requireServing(at: now, &wanted)
                key = try unsafe cache.key(kid.span, &wanted)
                guard key.algorithm == algorithm else { throw VerifyError(.keyMismatch) }
                isAuthorization = header.isAuthorization
            }
            let signature = unsafe memory.bytes(of: parts.signature)
            try unsafe key.verify(signature.span, of: token.extracting(jws.signed))
            return SignedPayload(payload: parts.payload, isAuthorization: isAuthorization)
        }
    }
}
