import Foundation
import Testing

@testable import Issuer

/// The real engine and the real storage code on schedules that a seed makes, against a reference that was written apart.
@Suite struct `Simulated histories` {
    /// 10,000 schedules, or as many as PAITIFY_SIMULATIONS says, of seeds from PAITIFY_SIMULATION_SEED on.
    @Test("requests, clocks and power failures in any order leave the books as the reference has them")
    func histories() async throws {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["PAITIFY_SIMULATIONS"].flatMap(UInt64.init) ?? 10_000
        let given = environment["PAITIFY_SIMULATION_SEED"].flatMap(UInt64.init)
        let first = given ?? UInt64.random(in: 0...UInt64.max >> 1)
        print("\(count) simulations: PAITIFY_SIMULATION_SEED=\(first)")
        try await withSimulationFolder { folder in
            let template = try await World.makeTemplate(in: folder)
            await withTaskGroup(of: Void.self) { group in
                for seed in first..<first + count {
                    if seed >= first + UInt64(ProcessInfo.processInfo.activeProcessorCount) { await group.next() }
                    group.addTask { await Self.simulate(seed, template, in: folder) }
                }
            }
        }
    }

    private static func simulate(_ seed: UInt64, _ template: World.Template, in folder: String) async {
        let own = "\(folder)/\(seed)"
        do {
            try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
            var simulation = try await Simulation(seed: seed, template: template, folder: own)
            try await simulation.run()
        } catch {
            Issue.record("PAITIFY_SIMULATION_SEED=\(seed) PAITIFY_SIMULATIONS=1: \(error)")
        }
        try? FileManager.default.removeItem(atPath: own)
    }

    /// A folder in memory where there is one: what is tested is what was written, not how long the disk takes.
    private func withSimulationFolder(_ body: (String) async throws -> Void) async throws {
        let memory = "/dev/shm"
        let parent =
            FileManager.default.isWritableFile(atPath: memory)
            ? memory : FileManager.default.temporaryDirectory.path
        let folder = "\(parent)/paitify-simulation-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }
}
