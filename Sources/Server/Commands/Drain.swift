import ServiceLifecycle
import Synchronization

/// The first part of an orderly stop: `/readyz` says no, and everything else goes on, so that whoever balances the load
/// sends its requests elsewhere before nobody listens here any more.
final class Drain: Service {
    private let seconds: Int64
    private let begun = Atomic(false)

    init(seconds: Int64) {
        self.seconds = seconds
    }

    var hasBegun: Bool { begun.load(ordering: .relaxed) }

    func run() async throws {
        // Cancelled: something failed, and nobody waits for the rest.
        guard (try? await gracefulShutdown()) != nil else { return }
        begun.store(true, ordering: .relaxed)
        try? await Task.sleep(for: .seconds(seconds))
    }
}
