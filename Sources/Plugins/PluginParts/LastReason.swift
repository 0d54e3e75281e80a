package import Verifier

/// Why something failed, the last time, kept without an allocation. Any thread.
package final class LastReason: @unchecked Sendable {
    // Sendable: what changes is touched under the lock alone.
    private let lock: Lock
    private var text = ShortText()
    private var at: Int64 = 0

    /// Throws `noMemory`.
    package static func make() throws(VerifyError) -> LastReason {
        LastReason(try Lock.make())
    }

    private init(_ lock: Lock) {
        self.lock = lock
    }

    package func note(_ words: ShortText, at seconds: Int64) {
        lock.holding { (text, at) = (words, seconds) }
    }

    /// The words and when they were said; none, and 0, if never.
    package var last: (words: String, at: Int64) {
        let last = lock.holding { (words: text, at: at) }
        return (last.words.string, last.at)
    }
}
