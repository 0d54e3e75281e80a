/// One signing key's life so far.
struct KeyLife: Sendable, Equatable {
    enum Stage: Sendable, Equatable {
        /// In the key set, so that verifiers know the key before it first signs.
        case announced
        /// Signs what is decided now.
        case signing(since: Instant)
        /// Decides nothing new; in the key set for as long as a token that it signed may live.
        case retired(signedFrom: Instant, at: Instant)
        /// No token that it signed is alive: out of the key set, the private key destroyed.
        case gone(signedFrom: Instant, retiredAt: Instant, at: Instant)
        /// No longer trusted: out of the key set at once, the private key destroyed.
        case revoked(signedFrom: Instant?, retiredAt: Instant?, at: Instant)
    }

    let kid: String
    let algorithm: SignatureAlgorithm
    let announcedAt: Instant
    var stage: Stage

    /// Whether verifiers are told of it, which is also whether its private key is kept.
    var isPublished: Bool {
        switch stage {
        case .announced, .signing, .retired: true
        case .gone, .revoked: false
        }
    }

    var isSigning: Bool {
        if case .signing = stage { true } else { false }
    }

    var isAnnounced: Bool {
        if case .announced = stage { true } else { false }
    }
}
