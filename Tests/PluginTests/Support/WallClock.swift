import Synchronization
import Verifier

/// A wall clock in a test's hands.
final class WallClock: Sendable {
    private let seconds: Atomic<Int64>

    init(_ start: Int64 = 1_767_225_600) { seconds = Atomic(start) }

    var now: Int64 { seconds.load(ordering: .relaxed) }
    var clock: Clock { Clock(unixSeconds: { self.now }) }
    func set(_ now: Int64) { seconds.store(now, ordering: .relaxed) }
    func pass(_ more: Int64) { seconds.add(more, ordering: .relaxed) }
}

extension ReplayGuard {
    /// A claim, of texts.
    func claim(
        _ authorizationID: String, issuer: String = "https://issuer.example", by transactionID: String,
        until keepUntil: Int64
    ) -> ReplayAnswer {
        let (issuer, id, transaction) = (Array(issuer.utf8), Array(authorizationID.utf8), Array(transactionID.utf8))
        return claim(
            issuer: issuer.span, authorizationID: id.span, keepUntil: keepUntil, transactionID: transaction.span)
    }
}
