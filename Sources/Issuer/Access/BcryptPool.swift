internal import Dispatch
internal import Foundation
internal import Synchronization

/// Where bcrypt runs: a few threads at once, a bounded line before them, and never the cooperative pool.
///
/// bcrypt computes for a quarter of a second at cost 12: on the cooperative pool a handful of unknown keys would stop
/// every request, and without a bound the line would grow until every answer comes too late.
final class BcryptPool: Sendable {
    private typealias Job = @Sendable () -> Void

    private struct State {
        var running = 0
        var waiting: [Job] = []
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "paitify.bcrypt", attributes: .concurrent)
    private let width: Int
    private let lineMax: Int

    /// At most `width` jobs run at once and at most `lineMax` wait.
    init(width: Int, lineMax: Int) {
        self.width = width
        self.lineMax = lineMax
    }

    /// One core stays free for requests whose keys are known. Thirty-two in line are some eight seconds at cost 12: who
    /// comes after them is better told at once.
    static func forThisMachine() -> BcryptPool {
        BcryptPool(width: max(1, cores - 1), lineMax: 32)
    }

    private static let cores = ProcessInfo.processInfo.activeProcessorCount

    /// How many wait for a thread now.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Runs `job` on a thread of the pool. Throws `IssuerError.busy` when the line is full.
    func run<Value: Sendable>(_ job: @escaping @Sendable () -> Value) async throws -> Value {
        let value: Value? = await withCheckedContinuation { continuation in
            let accepted = submit { continuation.resume(returning: job()) }
            if !accepted { continuation.resume(returning: nil) }
        }
        guard let value else { throw IssuerError.busy }
        return value
    }

    private func submit(_ job: @escaping Job) -> Bool {
        enum Place {
            case thread, line, none
        }
        let place = state.withLock { state in
            if state.running < width {
                state.running += 1
                return Place.thread
            }
            guard state.waiting.count < lineMax else { return .none }
            state.waiting.append(job)
            return .line
        }
        if place == .thread { start(job) }
        return place != .none
    }

    private func start(_ job: @escaping Job) {
        queue.async { [self] in
            job()
            let next = state.withLock { state -> Job? in
                guard !state.waiting.isEmpty else {
                    state.running -= 1
                    return nil
                }
                return state.waiting.removeFirst()
            }
            if let next { start(next) }
        }
    }
}
