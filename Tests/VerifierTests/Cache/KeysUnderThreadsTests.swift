import Foundation
import Synchronization
import Testing

@testable import Verifier

/// What the threads saw.
private final class Seen: Sendable {
    let isInstalling = Atomic<Bool>(true)
    let valid = Atomic<Int>(0)
    let unknown = Atomic<Int>(0)
    let wrong = Atomic<Int>(0)
    let keptMost = Atomic<Int>(0)
}

/// Real threads on one verifier. scripts/sanitize.sh runs these under ThreadSanitizer too.
@Suite(.serialized) struct `Keys under threads` {
    /// Two sets take turns, and of two tokens each is signed by a key of one of them: every answer must be one that some
    /// set gives. A set that were freed under its reader would give another, or crash.
    @Test func `tokens verify while keys are installed thousands of times, and no set is kept for long`() throws {
        let verifier = try Sample.verifier { $0.keysWanted = { _ in } }
        let sets = [TestKey.shared, TestKey.other].map { #"{"keys":[\#($0.jwk)]}"# }
        let tokens = [TestKey.shared, TestKey.other].map { key in
            key.sign(header: #"{"alg":"RS256","kid":"\#(key.kid)"}"#, payload: "{}")
        }
        let rounds = 3_000
        let seen = Seen()
        let finished = DispatchGroup()

        func start(_ body: @escaping @Sendable () -> Void) {
            finished.enter()
            Thread.detachNewThread {
                body()
                finished.leave()
            }
        }
        for number in 0..<3 {
            start {
                var round = number
                // At least so many, on a machine that runs one thread after another.
                while seen.isInstalling.load(ordering: .relaxed) || round < 200 {
                    do throws(VerifyError) {
                        _ = try verifier.verifyJWS(tokens[round % 2])
                        seen.valid.add(1, ordering: .relaxed)
                    } catch {
                        if error.status == .unknownKey {
                            seen.unknown.add(1, ordering: .relaxed)
                        } else {
                            seen.wrong.add(1, ordering: .relaxed)
                        }
                    }
                    round += 1
                }
            }
        }
        start {
            while seen.isInstalling.load(ordering: .relaxed) {
                let health = try? verifier.health()
                if health?.keyCount != 1 { seen.wrong.add(1, ordering: .relaxed) }
                verifier.refreshFailed()
            }
        }
        start {
            for round in 1...rounds {
                if (try? verifier.install(jwks: sets[round % 2], fetchedAt: Sample.now)) == nil {
                    seen.wrong.add(1, ordering: .relaxed)
                }
                seen.keptMost.max(verifier.cache.reclaim(), ordering: .relaxed)
            }
            seen.isInstalling.store(false, ordering: .relaxed)
        }
        finished.wait()
        #expect(seen.wrong.load(ordering: .relaxed) == 0)
        #expect(seen.valid.load(ordering: .relaxed) > 0)
        #expect(seen.unknown.load(ordering: .relaxed) > 0)
        #expect(try verifier.health().installedCount == UInt64(rounds) + 1)
        #expect(verifier.cache.reclaim() == 0)
        // A thread that is not scheduled for a while pins what is replaced meanwhile, and no more.
        #expect(seen.keptMost.load(ordering: .relaxed) < rounds / 2)
        print(
            "keys under threads: \(seen.valid.load(ordering: .relaxed)) valid, "
                + "\(seen.unknown.load(ordering: .relaxed)) of a key that was not installed, "
                + "\(rounds) sets installed, at most \(seen.keptMost.load(ordering: .relaxed)) kept")
    }

    @Test func `of threads that want keys at once, one asks`() throws {
        let time = TestClock()
        let asked = Atomic<Int>(0)
        let verifier = try Sample.verifier {
            $0.clock = time.clock
            $0.keysMaxStaleSeconds = .max
            $0.keysFreshSeconds = .max
            $0.keysWanted = { _ in asked.add(1, ordering: .relaxed) }
        }
        let token = TestKey.other.sign(header: #"{"alg":"RS256","kid":"\#(TestKey.other.kid)"}"#, payload: "{}")
        for round in 1...200 {
            DispatchQueue.concurrentPerform(iterations: 4) { _ in
                for _ in 0..<5 { #expect(throws: VerifyError(.unknownKey)) { try verifier.verifyJWS(token) } }
            }
            #expect(asked.load(ordering: .relaxed) == round)
            time.pass(milliseconds: 60_000)
        }
    }
}
