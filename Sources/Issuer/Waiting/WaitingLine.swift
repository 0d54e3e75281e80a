/// A few places, and a bounded line of those who wait for one, first come, first served. No lock: its owner has it.
struct WaitingLine<Waiter> {
    enum Entrance {
        case place, line
        /// The line is full.
        case refused
    }

    private var free: Int
    private let waitingMax: Int
    private var waiting: [Waiter] = []

    init(places: Int, waitingMax: Int) {
        free = places
        self.waitingMax = waitingMax
    }

    var waitingCount: Int { waiting.count }

    /// Whether there is a place for one who would come now, or room to wait for it.
    var hasRoom: Bool { free > 0 || waiting.count < waitingMax }

    mutating func enter(_ waiter: Waiter) -> Entrance {
        guard free == 0 else {
            free -= 1
            return .place
        }
        guard hasRoom else { return .refused }
        waiting.append(waiter)
        return .line
    }

    /// Whoever leaves gives the place to the next in line: to whom, or nil where nobody waits.
    mutating func leave() -> Waiter? {
        guard waiting.isEmpty else { return waiting.removeFirst() }
        free += 1
        return nil
    }
}

/// Of requests: each is told whether it may come in.
typealias RequestLine = WaitingLine<CheckedContinuation<Bool, Never>>

extension RequestLine {
    /// Returns when there is a place. Throws `busy` where the line is full. `enter` enters it, under the owner's lock.
    static func wait(_ enter: (CheckedContinuation<Bool, Never>) -> Entrance) async throws {
        let isIn = await withCheckedContinuation { continuation in
            switch enter(continuation) {
            case .place: continuation.resume(returning: true)
            case .line: break
            case .refused: continuation.resume(returning: false)
            }
        }
        guard isIn else { throw IssuerError.busy }
    }
}
