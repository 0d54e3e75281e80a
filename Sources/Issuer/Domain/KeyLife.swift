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

/// A signing key as an operator sees it.
public struct SigningKeyInfo: Sendable, Equatable {
    public enum State: String, Sendable, Codable, CaseIterable {
        case announced, signing, retired, revoked
    }

    public let kid: String
    public let algorithm: SignatureAlgorithm
    public let state: State
    public let announcedAt: Instant
    /// When it began to sign. Nil for a key that never did.
    public let signingSince: Instant?
    public let retiredAt: Instant?
    public let revokedAt: Instant?
}

extension SigningKeyInfo {
    /// Nil for a key that is gone: only the books remember it.
    init?(_ life: KeyLife) {
        kid = life.kid
        algorithm = life.algorithm
        announcedAt = life.announcedAt
        switch life.stage {
        case .announced: (state, signingSince, retiredAt, revokedAt) = (.announced, nil, nil, nil)
        case .signing(let since): (state, signingSince, retiredAt, revokedAt) = (.signing, since, nil, nil)
        case .retired(let signedFrom, let at):
            (state, signingSince, retiredAt, revokedAt) = (.retired, signedFrom, at, nil)
        case .revoked(let signedFrom, let retired, let at):
            (state, signingSince, retiredAt, revokedAt) = (.revoked, signedFrom, retired, at)
        case .gone: return nil
        }
    }
}
