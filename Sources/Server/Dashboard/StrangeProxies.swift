import Logging
import Synchronization

/// Says once that a proxy passes requests on which `PAITIFY_TRUSTED_PROXY` does not name.
final class StrangeProxies: Sendable {
    private let wereTold = Atomic(false)

    /// Any thread.
    func tell(_ logger: Logger) {
        guard !wereTold.exchange(true, ordering: .relaxed) else { return }
        logger.warning(
            """
            A request came through a proxy that PAITIFY_TRUSTED_PROXY does not name, so limits by network address hold \
            nobody who guesses passwords or signs up. Set it to the proxy's address
            """)
    }
}
