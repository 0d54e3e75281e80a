import CryptoLib

/// OpenSSL's queue of errors, which belongs to the thread and so to the host.
enum ErrorQueue {
    /// Calls `body`, and takes off the queue whatever it left there: the host finds its own errors, and no others.
    static func leavingUntouched<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        ERR_set_mark()
        defer { ERR_pop_to_mark() }
        return try body()
    }

    /// Whether the last call failed for want of memory: then nothing is known about what was to be checked.
    static var saysOutOfMemory: Bool {
        paitify_is_out_of_memory(ERR_peek_last_error()) != 0
    }
}
