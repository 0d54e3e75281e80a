import Foundation
import Testing

/// The real engine and the real storage code on schedules that a seed makes, against a reference that was written apart.
@Suite struct `Simulated histories` {
    /// 1,000 schedules, or as many as PAITIFY_SIMULATIONS says, of seeds from PAITIFY_SIMULATION_SEED on. `scripts/simulate.sh`
    /// runs more, optimised.
    @Test("requests, clocks and power failures in any order leave the books as the reference has them")
    func histories() async throws {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["PAITIFY_SIMULATIONS"].flatMap(UInt64.init) ?? 1000
        let given = environment["PAITIFY_SIMULATION_SEED"].flatMap(UInt64.init)
        let first = given ?? UInt64.random(in: 0...UInt64.max >> 1)
        print("\(count) simulations: PAITIFY_SIMULATION_SEED=\(first)")
        try await Campaign(firstSeed: first, count: count).run { failure in
            guard let failure else { return }
            Issue.record("PAITIFY_SIMULATION_SEED=\(failure.seed) PAITIFY_SIMULATIONS=1: \(failure.reason)")
        }
    }
}
