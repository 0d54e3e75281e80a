import CURL
import Verifier

/// What comes in over one transfer, within its bounds.
///
/// A class, since libcurl's callbacks are handed its address. One thread has it at a time.
final class Exchange {
    /// The most bytes of a document that are taken: what a verifier takes. Also the most that a compressed one may
    /// become.
    static let bodyBytesMax = 64 << 10

    private(set) var head = ResponseHead()
    private(set) var body: [UInt8] = []
    /// Whether the answer went beyond its bounds, and was given up for it.
    private(set) var isTooLarge = false
    /// Why it was given up, if there was no memory for what came.
    private(set) var memoryFailure: VerifyError?

    /// False ends the transfer.
    func receive(line: UnsafeBufferPointer<UInt8>) -> Bool {
        guard hasMemory() else { return false }
        // A redirect's body, or an interim answer's, is not the document.
        body = []
        isTooLarge = unsafe !head.read(Array(line))
        return !isTooLarge
    }

    /// False ends the transfer.
    func receive(body bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard hasMemory() else { return false }
        guard bytes.count <= Self.bodyBytesMax - body.count else {
            isTooLarge = true
            return false
        }
        unsafe body += bytes
        return true
    }

    /// Whether there is as much as a body can need, its copy as it grows included. A fetch takes long: what there was at its
    /// begin need not be there any more.
    private func hasMemory() -> Bool {
        do throws(VerifyError) { try Memory.require(4 * Self.bodyBytesMax) } catch { memoryFailure = error }
        return memoryFailure == nil
    }
}

extension Exchange {
    /// Has the transfer's bytes come here; the exchange has to outlive it.
    func receive(from easy: UnsafeMutableRawPointer) -> CURLcode {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        return unsafe paitify_curl_set_receivers(
            easy,
            { bytes, one, count, context in
                unsafe Exchange.taken(bytes, one &* count, context) { unsafe $0.receive(line: $1) }
            },
            { bytes, one, count, context in
                unsafe Exchange.taken(bytes, one &* count, context) { unsafe $0.receive(body: $1) }
            }, context)
    }

    /// How many of the bytes were taken: all, or none, which ends the transfer.
    private static func taken(
        _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int, _ context: UnsafeMutableRawPointer?,
        _ receive: (Exchange, UnsafeBufferPointer<UInt8>) -> Bool
    ) -> Int {
        guard count > 0, let context = unsafe context else { return 0 }
        let buffer = unsafe UnsafeBufferPointer(
            start: UnsafeRawPointer(bytes)?.assumingMemoryBound(to: UInt8.self), count: count)
        return unsafe receive(Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue(), buffer) ? count : 0
    }
}
