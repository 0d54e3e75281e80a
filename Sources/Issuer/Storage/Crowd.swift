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

    /// Counts one while `body` runs, unless its decision is signed in no time.
    func counting<Value>(
        _ signsLong: Bool, _ body: () async throws -> Value
    ) async throws -> Value {
        guard signsLong else { return try await body() }
        count.add(1, ordering: .relaxed)
        defer { count.subtract(1, ordering: .relaxed) }
        return try await body()
    }

    /// Whether the others keep the signers busy for longer than it takes to commit `waiting` of the crowd.
    func isBusy(besides waiting: Int) -> Bool {
        count.load(ordering: .relaxed) - waiting > waiting + 4 * cores
    }
}
