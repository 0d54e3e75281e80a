import Synchronization

/// A number that only grows. Any thread; one atomic addition, and no lock.
final class Counter: Sendable {
    private let count = Atomic<Int64>(0)

    var value: Int64 { count.load(ordering: .relaxed) }

    func add(_ amount: Int64 = 1) {
        count.add(amount, ordering: .relaxed)
    }
}
