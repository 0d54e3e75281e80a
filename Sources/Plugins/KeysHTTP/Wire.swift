import CURL
import PluginParts
import Verifier

/// Where one thread waits: for a transfer to end, or for nothing but the time. Another thread can wake it.
@safe final class Wire: @unchecked Sendable {
    // Sendable: one thread waits at a time, and curl_multi_wakeup may be called by any.
    private let multi: UnsafeMutableRawPointer
    private let process = OwnProcess()

    /// Throws `noMemory`, also where no descriptors are left.
    static func make() throws(VerifyError) -> Wire {
        guard let multi = unsafe curl_multi_init() else { throw VerifyError(.noMemory) }
        return unsafe Wire(takingOwnershipOf: multi)
    }

    private init(takingOwnershipOf multi: UnsafeMutableRawPointer) {
        unsafe self.multi = multi
    }

    deinit {
        // In a forked child the parent may be in the midst of a transfer: to end that would say goodbye on the parent's
        // connection.
        if process.isThis { _ = unsafe curl_multi_cleanup(multi) }
    }

    /// Ends the wait that is under way, or else the next one. Takes no lock and does not wait.
    func wake() { _ = unsafe curl_multi_wakeup(multi) }

    /// Waits until it is woken, or until the time is over.
    func wait(milliseconds: Int32) { _ = unsafe curl_multi_poll(multi, nil, 0, milliseconds, nil) }

    /// Runs a transfer to its end, and returns how it ended; nil if `isStopped` said so.
    func run(_ easy: UnsafeMutableRawPointer, unless isStopped: () -> Bool) -> CURLcode? {
        guard unsafe curl_multi_add_handle(multi, easy) == CURLM_OK else { return CURLE_FAILED_INIT }
        defer { _ = unsafe curl_multi_remove_handle(multi, easy) }
        var running: Int32 = 1
        while !isStopped() {
            guard unsafe curl_multi_perform(multi, &running) == CURLM_OK else { return CURLE_OUT_OF_MEMORY }
            let ended = unsafe paitify_curl_ended(multi)
            if ended >= 0 { return CURLcode(rawValue: UInt32(ended)) }
            wait(milliseconds: 1000)
        }
        return nil
    }
}
