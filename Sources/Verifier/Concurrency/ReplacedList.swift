import Synchronization

/// What was replaced and may still be read: a list that threads push to one by one and take as a whole.
///
/// Taking it whole is what makes it simple: nobody ever follows a pointer in a list that another thread can take
/// apart, so a node's address being used again (the ABA problem) does no harm.
@safe struct ReplacedList: ~Copyable {
    @unsafe struct Node {
        /// Owned: a retained reference.
        let value: UnsafeRawPointer
        /// The counters that have not been seen at zero since the value was replaced.
        var mayHold = ReaderCounts.all
        var next: UnsafeMutablePointer<Node>?
    }

    private let first = unsafe Atomic<UnsafeMutablePointer<Node>?>(nil)

    borrowing func push(_ value: UnsafeRawPointer) {
        let node = UnsafeMutablePointer<Node>.allocate(capacity: 1)
        unsafe node.initialize(to: Node(value: value))
        unsafe push(node)
    }

    borrowing func push(_ node: UnsafeMutablePointer<Node>) {
        var expected = unsafe first.load(ordering: .relaxed)
        while true {
            unsafe node.pointee.next = expected
            let outcome = unsafe first.compareExchange(
                expected: expected, desired: node, ordering: .acquiringAndReleasing)
            if unsafe outcome.exchanged { return }
            unsafe expected = outcome.original
        }
    }

    /// Empties the list, and hands each node to `body`, which frees it or pushes it again.
    borrowing func takeAll(_ body: (UnsafeMutablePointer<Node>) -> Void) {
        var next = unsafe first.exchange(nil, ordering: .acquiringAndReleasing)
        while let node = unsafe next {
            unsafe next = node.pointee.next
            unsafe body(node)
        }
    }
}
