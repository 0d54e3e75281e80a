/// How the issuer stands at one moment: what no event tells.
public struct IssuerStanding: Sendable {
    /// Transactions that wait for the lane.
    public let laneWaiting: Int
    /// API keys that wait for a thread of bcrypt's.
    public let bcryptWaiting: Int
    /// Every key but those that are gone.
    public let signingKeys: [SigningKeyInfo]
    /// Of the key set.
    public let sequence: Int64
    /// When the schedule lets the announced key sign.
    public let nextRotation: Instant
    /// Nil where the store could not be asked. A figure of a million may be twenty seconds old, see `OpenCount`.
    public let open: OpenAuthorizations?
    public let now: Instant
}

extension Issuer {
    /// What the metrics show that no event tells. Waits for the store where that is asked.
    public func standing() async -> IssuerStanding {
        let keys = keyRing.standing
        let open = try? await openCount.figure { [store] in
            try await store.read(for: .issuer) { try Authorizations.open(in: $0) }
        }
        return IssuerStanding(
            laneWaiting: store.waitingCount, bcryptWaiting: apiKeyVerifier.waitingCount, signingKeys: keys.infos,
            sequence: keys.sequence, nextRotation: keys.nextRotation, open: open, now: clock.now())
    }
}
