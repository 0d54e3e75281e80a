import POSIX

/// Which of a few stripes this thread uses of something that threads should not contend for.
///
/// Two threads may share a stripe; what is striped has to be correct even if all do.
enum ThreadStripe {
    static let count = 16
    /// Words of 8 bytes from one stripe to the next, so that no two share a cache line (64 bytes; 128 on some ARM).
    static let wordsApart = 16

    /// 0 ..< `count`.
    static var current: Int {
        // pthread_self() is an aligned address: only its middle bits differ. Fibonacci hashing brings them to the top.
        let mixed = UInt64(truncatingIfNeeded: posix_this_thread()) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 60)
    }
}
