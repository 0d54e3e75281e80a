import Synchronization

/// One immutable value that many threads read while others replace it, without any lock.
///
/// A reader counts itself in, then loads the pointer; so a value that was replaced may still be in use, and is kept
/// until it is proven that no reader can hold it:
///
///     reader:  A count in    B load the pointer    use the value    C count out
///     writer:  D replace the pointer    …later…    E load a counter, find it zero
///
/// A, B, D and E are sequentially consistent: they have one order that all threads agree on. A reader that got the old
/// value did B before D, hence A before E. Since E found zero, that reader's C came before E, and C releases what E
/// acquires: its use is over, for good. A reader that does B after D never sees the old value. This holds for each
/// counter on its own, so the counters need not be zero at one instant: each of them once after D is enough.
///
/// No thread ever waits for another, so a fork finds no lock held. A reader that is under way in the parent at the
/// moment of the fork stays counted in the child, which costs memory there (what the child replaces is kept), not
/// safety.
@safe final class Published<Value: AnyObject & Sendable>: @unchecked Sendable {
    // Sendable: every mutable word is atomic, and `Value` is Sendable.
    private let current: Atomic<UnsafeRawPointer>
    private let readers = ReaderCounts()
    private let replaced = ReplacedList()

    init(_ value: Value) {
        unsafe current = Atomic(Self.pointer(owning: value))
    }

    deinit {
        // There is no reference to self any more, so no reader is under way.
        unsafe Self.free(current.load(ordering: .acquiring))
        unsafe replaced.takeAll { unsafe Self.free($0) }
    }

    /// Calls `body` with the value that is current now; it stays alive until `body` is done, whatever is published
    /// meanwhile. Takes no lock and never waits.
    func read<Result, Failure: Error>(_ body: (Value) throws(Failure) -> Result) throws(Failure) -> Result {
        let counter = readers.enter()
        defer { readers.leave(counter) }
        let pointer = unsafe current.load(ordering: .sequentiallyConsistent)
        return try unsafe Self.borrowing(pointer, body)
    }

    /// Replaces the value by what `next` makes of the current one. If `next` throws, nothing changes.
    ///
    /// `next` runs again if another thread was faster, so it must not change anything itself.
    func replace<Failure: Error>(_ next: (Value) throws(Failure) -> Value) throws(Failure) {
        while try !replaceOnce(next) {}
        readers.turn()
        reclaim()
    }

    private func replaceOnce<Failure: Error>(_ next: (Value) throws(Failure) -> Value) throws(Failure) -> Bool {
        // While this thread is counted in, the value it loaded is not freed, so no other value can get its address: if
        // the pointer still compares equal, it is still that value.
        let counter = readers.enter()
        defer { readers.leave(counter) }
        let before = unsafe current.load(ordering: .sequentiallyConsistent)
        let successor = try unsafe Self.borrowing(before, next)
        let after = unsafe Self.pointer(owning: successor)
        let outcome = unsafe current.compareExchange(
            expected: before, desired: after, ordering: .sequentiallyConsistent)
        if unsafe outcome.exchanged {
            unsafe replaced.push(before)
        } else {
            unsafe Self.free(after)
        }
        return unsafe outcome.exchanged
    }

    /// Frees the replaced values that no reader can hold any more, and returns how many are kept.
    @discardableResult
    func reclaim() -> Int {
        var kept = 0
        unsafe replaced.takeAll { node in
            unsafe node.pointee.mayHold = readers.occupied(among: node.pointee.mayHold)
            if unsafe node.pointee.mayHold == 0 {
                unsafe Self.free(node)
            } else {
                unsafe replaced.push(node)
                kept += 1
            }
        }
        return kept
    }

    // MARK: References, counted by hand

    private static func pointer(owning value: Value) -> UnsafeRawPointer {
        unsafe UnsafeRawPointer(Unmanaged.passRetained(value).toOpaque())
    }

    /// Calls `body` with the object, without touching its reference count: readers would contend for that word.
    private static func borrowing<Result, Failure: Error>(
        _ pointer: UnsafeRawPointer, _ body: (Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // The standard library's function knows untyped throws alone, so the error passes through as a value.
        let outcome = unsafe Unmanaged<Value>.fromOpaque(pointer)._withUnsafeGuaranteedRef { value in
            Swift.Result { () throws(Failure) in try body(value) }
        }
        return try outcome.get()
    }

    private static func free(_ pointer: UnsafeRawPointer) {
        unsafe Unmanaged<Value>.fromOpaque(pointer).release()
    }

    private static func free(_ node: UnsafeMutablePointer<ReplacedList.Node>) {
        unsafe free(node.pointee.value)
        unsafe node.deinitialize(count: 1)
        unsafe node.deallocate()
    }
}
