internal import Synchronization

/// Lets so many in at a time.
final class Turnstile: Sendable {
    private let free: Mutex<Int>

    init(most: Int) {
        free = Mutex(most)
    }

    /// False when it is full.
    func enter() -> Bool {
        free.withLock { free in
            guard free > 0 else { return false }
            free -= 1
            return true
        }
    }

    func leave() {
        free.withLock { $0 += 1 }
    }
}
