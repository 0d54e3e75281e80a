import Dispatch
import Foundation

@testable import Issuer

/// Many simulations, of seeds that follow one another, a few at a time.
struct Campaign: Sendable {
    let firstSeed: UInt64
    let count: UInt64
    /// How many run at once.
    var width = ProcessInfo.processInfo.activeProcessorCount

    /// What a schedule that failed says, with how to run it again alone.
    struct Failure: Sendable {
        let seed: UInt64
        let reason: String
    }

    /// Runs them all. `ended` is told of each, in any order: nil of one that went well.
    func run(ended: @escaping @Sendable (Failure?) -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<width {
                let queue = OwnQueue()
                group.addTask(executorPreference: queue) { try await run(worker, on: queue, ended) }
            }
            try await group.waitForAll()
        }
    }

    private func run(_ worker: Int, on queue: OwnQueue, _ ended: @Sendable (Failure?) -> Void) async throws {
        var machines = Machines()
        for number in stride(from: UInt64(worker), to: count, by: width) {
            let seed = firstSeed + number
            let failure = await Self.simulate(seed, on: try await machines.machine(for: seed), queue)
            if failure != nil { machines = Machines() }
            ended(failure)
        }
    }

    private static func simulate(_ seed: UInt64, on machine: Machine, _ queue: OwnQueue) async -> Failure? {
        do {
            var simulation = try await Simulation(seed: seed, on: machine, queue)
            try await simulation.run()
            return nil
        } catch {
            return Failure(seed: seed, reason: "\(error)")
        }
    }
}

/// Runs its tasks one after the other: those of a history wait for each other all the time, which is cheap in one thread.
final class OwnQueue: TaskExecutor {
    private let queue = DispatchQueue(label: "simulation")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// One whose tokens are signed again for a retry, and one whose signatures are recorded; made when they are needed.
private struct Machines {
    private var made: [SignatureAlgorithm: Machine] = [:]

    mutating func machine(for seed: UInt64) async throws -> Machine {
        let algorithm: SignatureAlgorithm = seed % 2 == 0 ? .edDSA : .es256
        if let known = made[algorithm] { return known }
        let machine = try await Machine(signing: algorithm)
        made[algorithm] = machine
        return machine
    }
}
