import CryptoLib

/// OpenSSL's queue of errors, which belongs to the thread and so to the host.
package enum ErrorQueue {
    /// Calls `body`, and takes off the queue whatever it left there: the host finds its own errors, and no others.
    package static func leavingUntouched<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        ERR_set_mark()
        defer { ERR_pop_to_mark() }
        return try body()
    }

    /// Why the last call failed, for calls whose input is known to be good: want of memory, or else a broken OpenSSL.
    /// (Want of memory is not always what OpenSSL says: the other words name it too.)
    static func failure(settingUp what: StaticString) -> VerifyError {
        guard paitify_is_out_of_memory(ERR_peek_last_error()) == 0 else { return VerifyError(.noMemory) }
        return VerifyError(
            .internalFailure,
            "OpenSSL could not set up \(what): its configuration or providers lack it, or memory ran out.")
    }

    /// Throws `noMemory` unless OpenSSL can have memory now: for its answers that want of memory has in common with a
    /// wrong signature.
    static func requireMemory() throws(VerifyError) {
        guard paitify_openssl_can_allocate(Memory.reserve) != 0 else { throw VerifyError(.noMemory) }
    }
}
