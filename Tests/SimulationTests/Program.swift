import Foundation
import Synchronization

/// The simulation as a program of its own, which is how it is optimised: `simulate COUNT [SEED [AT-ONCE]]`.
///
/// Prints a line for each schedule that fails, and one each ten seconds; exits with 1 if one failed.
@main struct Program {
    static func main() async throws {
        let numbers = CommandLine.arguments.dropFirst().map { UInt64($0) }
        guard (1...3).contains(numbers.count), !numbers.contains(nil), let count = numbers[0] else {
            say("usage: simulate COUNT [SEED [AT-ONCE]]")
            exit(64)
        }
        let first = numbers.dropFirst().first.flatMap(\.self) ?? UInt64.random(in: 0...UInt64.max >> 1)
        var campaign = Campaign(firstSeed: first, count: count)
        if let width = numbers.dropFirst(2).first.flatMap(\.self) { campaign.width = Int(width) }
        say("\(count) simulations from seed \(first)")

        let start = ContinuousClock.now
        let progress = Mutex((passed: UInt64(0), failed: UInt64(0), told: start))
        try await campaign.run { failure in
            progress.withLock { progress in
                if let failure {
                    progress.failed += 1
                    say("SIMULATION: FAILED: simulate 1 \(failure.seed): \(failure.reason)")
                } else {
                    progress.passed += 1
                }
                guard ContinuousClock.now - progress.told > .seconds(10) else { return }
                progress.told = .now
                say("\(progress.passed) passed, \(progress.failed) failed, after \((.now - start) as Duration)")
            }
        }
        let (passed, failed, _) = progress.withLock { $0 }
        let verdict = failed == 0 ? "ok: all of" : "FAILED: not all of"
        say("SIMULATION: \(verdict) \(passed + failed) schedules from seed \(first), in \((.now - start) as Duration)")
        exit(failed == 0 ? 0 : 1)
    }

    /// At once: a log of it can be followed.
    private static func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }
}
