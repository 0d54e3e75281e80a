internal import Dispatch
internal import Foundation
internal import Synchronization

/// Where bcrypt runs: a few threads at once, a bounded line before them, and never the cooperative pool.
///
/// bcrypt computes for a quarter of a second at cost 12: on the cooperative pool a handful of unknown keys would stop
/// every request, and without a bound the line would grow until every answer comes too late.
final class BcryptPool: Sendable {
    private typealias Job = @Sendable () -> Void

    private let line: Mutex<WaitingLine<Job>>
    private let queue = DispatchQueue(label: "paitify.bcrypt", attributes: .concurrent)

    /// At most `width` jobs run at once and at most `lineMax` wait.
    init(width: Int, lineMax: Int) {
        line = Mutex(WaitingLine(places: width, waitingMax: lineMax))
    }

    /// One core stays free for requests whose keys are known. Thirty-two in line are some eight seconds at cost 12: who
    /// comes after them is better told at once.
    static func forThisMachine() -> BcryptPool {
        BcryptPool(width: max(1, cores - 1), lineMax: 32)
    }

    private static let cores = ProcessInfo.processInfo.activeProcessorCount

    /// How many wait for a thread now.
    var waitingCount: Int { line.withLock(\.waitingCount) }

    /// Runs `job` on a thread of the pool, and throws what it does, or `IssuerError.busy` when the line is full.
    func run<Value: Sendable>(_ job: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let accepted = submit { continuation.resume(with: Result(catching: job)) }
            if !accepted { continuation.resume(throwing: IssuerError.busy) }
        }
    }

    private func submit(_ job: @escaping Job) -> Bool {
        let entrance = line.withLock { $0.enter(job) }
        if entrance == .place { start(job) }
        return entrance != .refused
    }

    private func start(_ job: @escaping Job) {
        queue.async { [self] in
            job()
            if let next = line.withLock({ $0.leave() }) { start(next) }
        }
    }
}
