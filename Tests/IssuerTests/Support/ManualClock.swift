import Issuer
import Synchronization

/// A clock that stands still until a test moves it.
final class ManualClock: Sendable {
    private let instant: Mutex<Instant>

    init(_ rfc3339: String = "2026-03-02T10:00:00.000Z") {
        instant = Mutex(Instant(rfc3339: rfc3339)!)
    }

    var clock: Clock { Clock { self.now } }

    var now: Instant { instant.withLock { $0 } }

    func advance(seconds: Int64) {
        instant.withLock { $0 = $0.adding(seconds: seconds) }
    }

    /// Negative: the clock is set back.
    func advance(milliseconds: Int64) {
        instant.withLock { $0 = Instant(milliseconds: $0.milliseconds + milliseconds) }
    }

    func set(_ rfc3339: String) {
        instant.withLock { $0 = Instant(rfc3339: rfc3339)! }
    }
}
