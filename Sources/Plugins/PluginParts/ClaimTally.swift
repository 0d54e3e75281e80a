import Synchronization
package import Verifier

/// Counts a guard's answers, and remembers why it had none. Any thread.
package final class ClaimTally: Sendable {
    private let first = Atomic<UInt64>(0)
    private let sameTransaction = Atomic<UInt64>(0)
    private let seen = Atomic<UInt64>(0)
    private let unavailable = Atomic<UInt64>(0)
    private let reasons: LastReason

    /// Throws `noMemory`.
    package static func make() throws(VerifyError) -> ClaimTally {
        ClaimTally(try LastReason.make())
    }

    private init(_ reasons: LastReason) {
        self.reasons = reasons
    }

    /// Counts an answer, and returns it.
    package func noting(_ answer: ReplayAnswer) -> ReplayAnswer {
        switch answer {
        case .first: first.add(1, ordering: .relaxed)
        case .sameTransaction: sameTransaction.add(1, ordering: .relaxed)
        case .seen: seen.add(1, ordering: .relaxed)
        case .unavailable: unavailable.add(1, ordering: .relaxed)
        }
        return answer
    }

    /// Counts that there is no answer, and says why.
    package func unavailable(_ reason: StaticString, at seconds: Int64) -> ReplayAnswer {
        unavailable(ShortText(reason), at: seconds)
    }

    package func unavailable(_ reason: ShortText, at seconds: Int64) -> ReplayAnswer {
        reasons.note(reason, at: seconds)
        return noting(.unavailable)
    }

    package var health: GuardHealth {
        var health = GuardHealth()
        health.firstCount = first.load(ordering: .relaxed)
        health.sameTransactionCount = sameTransaction.load(ordering: .relaxed)
        health.seenCount = seen.load(ordering: .relaxed)
        health.unavailableCount = unavailable.load(ordering: .relaxed)
        (health.lastReason, health.lastUnavailableAt) = reasons.last
        return health
    }
}
