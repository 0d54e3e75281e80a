import POSIX

extension TokenVerifier {
    /// What a verifier accepts. Every time is in seconds.
    public struct Options: Sendable {
        /// Must equal `iss` to the letter. Required.
        public var issuer: String
        /// At least one of them must be in `aud`. At least one, at most 64.
        public var audiences: [String]
        /// Whether tokens of the `test` environment are accepted, besides `live`.
        public var acceptsTestEnvironment = false
        /// The algorithms that tokens may be signed with; empty means RS256 alone.
        public var algorithms: AlgorithmSet = .rs256
        /// How far clocks may differ: 0 to 300.
        public var leewaySeconds: UInt32 = 30
        /// The longest `exp - iat` that is accepted: at least 1.
        public var maxLifetimeSeconds: UInt32 = 604_800
        /// Bytes of the longest token that is read: 1 to 1 MiB.
        public var maxTokenBytes: UInt32 = 8192
        /// How long keys are fresh, or less if the fetcher reports a shorter `max-age`: at least 1. A refresh is due at
        /// 72 to 88 % of it.
        public var keysFreshSeconds: UInt32 = 300
        /// After how long without a fetch nothing verifies any more: at least 1.
        public var keysMaxStaleSeconds: UInt32 = 86_400
        /// The least time between two attempts to refresh.
        public var keysCooldownSeconds: UInt32 = 30
        /// Called when the keys should be fetched again: with the `kid` of a token whose key is not installed, or of
        /// any token while no keys serve; with an empty span when a refresh is due. At most once a cooldown, however
        /// many tokens and threads; attempts that bring no installation back off up to 60 s.
        ///
        /// Runs on the thread that verifies, and must not block: have another thread fetch. It may call the verifier.
        public var keysWanted: (@Sendable (Span<UInt8>) -> Void)?
        /// What tells whether a token was charged before; nil takes every token for new. Then the processor has to
        /// keep the authorizations that it charged, until they expire, by itself.
        public var replayGuard: (any ReplayGuard)?
        /// Hears of every decision; nil for none.
        public var audit: (any AuditSink)?
        /// Where the time comes from.
        public var clock: Clock = .system
        /// Where the jitter of refreshes comes from: any number a call. It is no secret.
        package var random: @Sendable () -> UInt64 = { posix_any_number() >> 16 }

        public init(issuer: String, audiences: [String]) {
            self.issuer = issuer
            self.audiences = audiences
        }
    }
}

extension TokenVerifier.Options {
    static let leewaySecondsMax: UInt32 = 300
    static let tokenBytesMax: UInt32 = 1 << 20
    static let audienceCountMax = 64

    /// Throws `argument`, with the option's name and its bounds, at the first that is out of them.
    func check() throws(VerifyError) {
        try require(!issuer.utf8.isEmpty, "issuer is empty; it is the issuer's URL, as its tokens' iss has it.")
        try require(!audiences.isEmpty, "audiences is empty; name what this processor is called in aud.")
        try require(audiences.count <= Self.audienceCountMax, "audiences has more than 64 entries.")
        for audience in audiences { try require(!audience.utf8.isEmpty, "audiences has an empty entry.") }
        try require(algorithms.isSubset(of: .known), "algorithms has a bit that names no algorithm.")
        try require(leewaySeconds <= Self.leewaySecondsMax, "leeway_s is above 300.")
        try require(maxLifetimeSeconds >= 1, "max_lifetime_s is 0; it is at least 1.")
        try require((1...Self.tokenBytesMax).contains(maxTokenBytes), "max_token_bytes is not from 1 to 1048576.")
        try require(keysFreshSeconds >= 1, "keys_fresh_s is 0; it is at least 1.")
        try require(keysMaxStaleSeconds >= 1, "keys_max_stale_s is 0; it is at least 1.")
    }

    private func require(_ holds: Bool, _ otherwise: String) throws(VerifyError) {
        if !holds { throw VerifyError(.argument, otherwise) }
    }
}
