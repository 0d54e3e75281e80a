internal import Synchronization

/// How many requests are being decided or signed: tells a lane whether it may wait for more to commit together.
///
/// Decided requests that the signers have not come to yet make later ones wait, however soon those are committed. As long as
/// the signers have enough to do, a commit is held back until it carries more: half the crowd, about.
public final class Crowd: Sendable {
    private let count = Atomic(0)
    private let cores: Int

    /// `cores`: how many sign at once.
    public init(cores: Int = 1) {
        self.cores = cores
    }

    /// Counts one while `body` runs.
    func counting<Value>(_ body: () async throws(IssuerError) -> Value) async throws(IssuerError) -> Value {
        count.add(1, ordering: .relaxed)
        defer { count.subtract(1, ordering: .relaxed) }
        return try await body()
    }

    /// Whether the others keep the signers busy for as long as `waiting` of the crowd take to be committed.
    func isBusy(besides waiting: Int) -> Bool {
        count.load(ordering: .relaxed) - waiting > waiting + 4 * cores
    }
}
