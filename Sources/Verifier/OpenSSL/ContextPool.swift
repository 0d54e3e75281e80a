import CryptoLib
import Synchronization

/// Verification contexts of one key: one that is only ever copied, and copies that wait for their next use, because
/// making one costs a seventh of an RSA verification.
///
/// Each stripe of threads has one place. A copy is in its place or lent to one thread, never both: it is taken and put
/// back by exchanging the place's content. Nothing waits: a thread that finds the place empty makes a copy.
@safe struct ContextPool: ~Copyable, @unchecked Sendable {
    // Sendable: the template is never used but to be copied, and a copy is one thread's at a time.

    /// An initialised context, which holds the key. Copying it looks nothing up and takes no lock that anybody writes
    /// under: a thread never waits for one that installs, and a forked child never for one that it does not have.
    private let template: OpaquePointer
    private let places: UnsafeMutablePointer<Atomic<OpaquePointer?>>
    private static var words: Int { ThreadStripe.count * ThreadStripe.wordsApart }

    init(takingOwnershipOf template: OpaquePointer) {
        unsafe self.template = template
        unsafe places = .allocate(capacity: Self.words)
        for word in 0..<Self.words { unsafe (places + word).initialize(to: Atomic(nil)) }
    }

    deinit {
        for stripe in 0..<ThreadStripe.count {
            unsafe EVP_PKEY_CTX_free(places[stripe * ThreadStripe.wordsApart].load(ordering: .acquiring))
        }
        unsafe places.deinitialize(count: Self.words)
        unsafe places.deallocate()
        unsafe EVP_PKEY_CTX_free(template)
    }

    /// What `body` makes of a context that is its own as long as it runs; nil if there is no memory for one.
    borrowing func withContext<Result>(_ body: (OpaquePointer) -> Result) -> Result? {
        let place = ThreadStripe.current * ThreadStripe.wordsApart
        let waiting = unsafe places[place].exchange(nil, ordering: .acquiring)
        guard let context = unsafe waiting ?? EVP_PKEY_CTX_dup(template) else { return nil }
        let result = unsafe body(context)
        // Kept, unless the place has been filled meanwhile: then the one there is freed.
        unsafe EVP_PKEY_CTX_free(places[place].exchange(context, ordering: .acquiringAndReleasing))
        return result
    }
}
