import Dispatch
import Synchronization

/// Where jobs stand until a test lets them go; counts who came.
final class Gate: Sendable {
    private struct State {
        var arrivals = 0
        var inside = 0
        var mostInside = 0
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())
    private let latch = DispatchSemaphore(value: 0)

    var arrivals: Int { state.withLock(\.arrivals) }
    var mostInside: Int { state.withLock(\.mostInside) }

    /// Blocks the thread until the gate is open.
    func pass(_ number: Int) -> Int {
        let due = state.withLock { state in
            state.arrivals += 1
            state.inside += 1
            state.mostInside = max(state.mostInside, state.inside)
            let due = state.waiters.filter { $0.count <= state.arrivals }
            state.waiters.removeAll { $0.count <= state.arrivals }
            return due
        }
        for waiter in due { waiter.continuation.resume() }
        latch.wait()
        latch.signal()
        state.withLock { $0.inside -= 1 }
        return number
    }

    func open() {
        latch.signal()
    }

    func waitForArrivals(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isDue = state.withLock { state in
                if state.arrivals >= count { return true }
                state.waiters.append((count, continuation))
                return false
            }
            if isDue { continuation.resume() }
        }
    }
}
