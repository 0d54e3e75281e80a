import CryptoLib
import Synchronization

/// Verification contexts of one key that wait for their next use: making one costs a seventh of an RSA verification.
///
/// Each stripe of threads has one place. A context is in its place or lent to one thread, never both: it is taken and
/// put back by exchanging the place's content. Nothing waits: a thread that finds the place empty makes a context.
@safe struct ContextPool: ~Copyable {
    private let places: UnsafeMutablePointer<Atomic<OpaquePointer?>>
    private static var words: Int { ThreadStripe.count * ThreadStripe.wordsApart }

    init() {
        unsafe places = .allocate(capacity: Self.words)
        for word in 0..<Self.words { unsafe (places + word).initialize(to: Atomic(nil)) }
    }

    deinit {
        for stripe in 0..<ThreadStripe.count {
            unsafe EVP_PKEY_CTX_free(places[stripe * ThreadStripe.wordsApart].load(ordering: .acquiring))
        }
        unsafe places.deinitialize(count: Self.words)
        unsafe places.deallocate()
    }

    /// A context that is the caller's until it is given back, or nil if none waits here.
    borrowing func borrow() -> OpaquePointer? {
        unsafe places[place].exchange(nil, ordering: .acquiring)
    }

    /// Takes a context over: to keep it, or, if the place has been filled meanwhile, to free the one there.
    borrowing func giveBack(_ context: OpaquePointer) {
        unsafe EVP_PKEY_CTX_free(places[place].exchange(context, ordering: .acquiringAndReleasing))
    }

    private var place: Int { ThreadStripe.current * ThreadStripe.wordsApart }
}
