/// What a replay guard answers to the claim that a token is charged for the first time.
public enum ReplayAnswer: Int32, Sendable {
    /// Nobody claimed it before, and now it is claimed.
    case first = 0
    /// This very transaction claimed it before: a retry.
    case sameTransaction = 1
    /// Another transaction claimed it before.
    case seen = 2
    /// The guard cannot tell.
    case unavailable = 3
}

/// Remembers which tokens were charged.
///
/// A class, since it has an identity: verifiers that share a guard share what it remembers.
public protocol ReplayGuard: AnyObject, Sendable {
    /// Claims a token for one transaction, atomically: of several at once, in however many processes share what the
    /// guard keeps, one is the first. One that cannot tell answers `unavailable`, and never `first`.
    ///
    /// Called by many threads at once, last of the checks; what time it takes, the verification takes as well. The
    /// spans last as long as the call.
    ///
    /// - Parameters:
    ///   - issuer: with `authorizationID` it names what is claimed.
    ///   - authorizationID: the token's `jti`.
    ///   - keepUntil: the Unix second until which the claim has to be kept: the token's `exp` and the leeway, until
    ///     when it can be accepted.
    ///   - transactionID: who claims it. An empty one is no retry of anything.
    func claim(
        issuer: Span<UInt8>, authorizationID: Span<UInt8>, keepUntil: Int64, transactionID: Span<UInt8>
    ) -> ReplayAnswer
}
