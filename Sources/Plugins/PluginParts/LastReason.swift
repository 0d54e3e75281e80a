import POSIX
package import Verifier

/// Why something failed, the last time: words of bounded length, kept without an allocation. Any thread.
@safe package final class LastReason: @unchecked Sendable {
    // Sendable: what it points to is touched under its lock alone.
    private static let bytesMax = 191

    private let lock: Lock
    private let text: UnsafeMutablePointer<UInt8>
    private var count = 0
    private var at: Int64 = 0

    /// Throws `noMemory`.
    package static func make() throws(VerifyError) -> LastReason {
        let lock = try Lock.make()
        guard let block = unsafe malloc(bytesMax) else { throw VerifyError(.noMemory) }
        return unsafe LastReason(lock, block.bindMemory(to: UInt8.self, capacity: bytesMax))
    }

    private init(_ lock: Lock, _ text: UnsafeMutablePointer<UInt8>) {
        self.lock = lock
        unsafe self.text = text
    }

    deinit {
        unsafe free(text)
    }

    /// Keeps as much of the words as there is room for.
    package func note(_ words: Span<UInt8>, at seconds: Int64) {
        lock.holding {
            count = min(words.count, Self.bytesMax)
            for index in 0..<count { unsafe text[index] = words[index] }
            at = seconds
        }
    }

    /// The words and when they were said; none, and 0, if never.
    package var last: (words: String, at: Int64) {
        lock.holding {
            (unsafe String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self), at)
        }
    }
}
