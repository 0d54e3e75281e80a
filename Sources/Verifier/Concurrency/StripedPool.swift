import Synchronization

/// Objects that wait for their next use, one for each stripe of threads: what is dear to make, and what only one thread
/// at a time may use.
///
/// An object is in its place or lent to one thread, never both: it is taken and put back by exchanging the place's
/// content. Nothing waits: a thread that finds its place empty makes an object.
@safe struct StripedPool: ~Copyable, @unchecked Sendable {
    // Sendable: every word is atomic, and an object is one thread's at a time.
    private let places: UnsafeMutablePointer<Atomic<OpaquePointer?>>
    private static var words: Int { ThreadStripe.count * ThreadStripe.wordsApart }

    init() {
        unsafe places = .allocate(capacity: Self.words)
        for word in 0..<Self.words { unsafe (places + word).initialize(to: Atomic(nil)) }
    }

    /// The owner has emptied it before.
    deinit {
        unsafe places.deinitialize(count: Self.words)
        unsafe places.deallocate()
    }

    /// The object that waits in this thread's place, if one does; it is the caller's now.
    borrowing func take() -> OpaquePointer? {
        unsafe places[place].exchange(nil, ordering: .acquiring)
    }

    /// Takes an object over. Returns the one that was put there meanwhile, if one was; the caller frees it.
    borrowing func put(_ object: OpaquePointer) -> OpaquePointer? {
        unsafe places[place].exchange(object, ordering: .acquiringAndReleasing)
    }

    /// Hands every object over, to be freed.
    borrowing func empty(_ free: (OpaquePointer) -> Void) {
        for stripe in 0..<ThreadStripe.count {
            let object = unsafe places[stripe * ThreadStripe.wordsApart].exchange(nil, ordering: .acquiring)
            if let object = unsafe object { unsafe free(object) }
        }
    }

    private var place: Int { ThreadStripe.current * ThreadStripe.wordsApart }
}
