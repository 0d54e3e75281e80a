internal import CryptoLib

/// Runs calls of libcrypto and takes back what they put on the thread's error queue, and nothing else.
///
/// A stale entry there is read by the next user of the library on this thread as a failure of its own.
func withCleanCryptoErrors<Value, Failure: Error>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
    ERR_set_mark()
    defer { ERR_pop_to_mark() }
    return try body()
}
