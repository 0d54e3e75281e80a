/// A signing key as an operator sees it.
public struct SigningKeyInfo: Sendable, Equatable {
    public enum State: String, Sendable, Codable, CaseIterable {
        case announced, signing, retired, gone, revoked
    }

    public let kid: String
    public let algorithm: SignatureAlgorithm
    public let state: State
    public let announcedAt: Instant
    /// When it began to sign. Nil for a key that never did.
    public let signingSince: Instant?
    public let retiredAt: Instant?
    /// When it was revoked, or was gone.
    public let endedAt: Instant?
}

extension SigningKeyInfo {
    init(_ life: KeyLife) {
        kid = life.kid
        algorithm = life.algorithm
        announcedAt = life.announcedAt
        (state, signingSince, retiredAt, endedAt) =
            switch life.stage {
            case .announced: (.announced, nil, nil, nil)
            case .signing(let since): (.signing, since, nil, nil)
            case .retired(let signedFrom, let at): (.retired, signedFrom, at, nil)
            case .gone(let signedFrom, let retired, let at): (.gone, signedFrom, retired, at)
            case .revoked(let signedFrom, let retired, let at): (.revoked, signedFrom, retired, at)
            }
    }

    /// As the API, the commands and the audit log give it.
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("kid", kid)
            json.member("algorithm", algorithm.rawValue)
            json.member("state", state.rawValue)
            json.member("announcedAt", announcedAt)
            json.member("signingSince", signingSince)
            json.member("retiredAt", retiredAt)
            json.member("revokedAt", state == .revoked ? endedAt : nil)
        }
    }

    var json: String { JSONWriter.text(write) }
}
