import Issuer
import Synchronization

/// What a browser has begun and comes back for. It is kept here, not in the browser, so that it is good once, and in that
/// browser alone: at most ten thousand at a time. Any thread.
final class OneTimeSteps<Step: Sendable>: Sendable {
    private struct Entry {
        let step: Step
        /// SHA-256 of the browser's cookie: it is taken from no other browser.
        let binding: [UInt8]
        let expiresAt: Instant
    }

    struct Begun {
        /// By which the step is named when it goes on.
        let ticket: String
        /// For the browser's cookie.
        let binding: String
    }

    private let entries = Mutex(RecentCache<String, Entry>(capacity: 10_000))

    func begin(_ step: Step, seconds: Int64, at now: Instant) throws -> Begun {
        let begun = Begun(ticket: try RandomSecret.text(), binding: try RandomSecret.text())
        let entry = Entry(
            step: step, binding: Digest.sha256(begun.binding.utf8), expiresAt: now.adding(seconds: seconds))
        entries.withLock { _ = $0.insert(entry, for: begun.ticket) }
        return begun
    }

    /// The step of that ticket, once, and in the browser that began it alone.
    func take(_ ticket: String, binding: String?, at now: Instant) -> Step? {
        entries.withLock { entries in
            guard let entry = entries.value(for: ticket), let binding, Digest.sha256(binding.utf8) == entry.binding
            else {
                return nil
            }
            entries.remove(ticket)
            return now < entry.expiresAt ? entry.step : nil
        }
    }
}
