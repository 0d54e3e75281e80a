import Dispatch
import Foundation
import ReplaySQLite
import Synchronization
import Testing
import Verifier

@Suite struct `The replay guard in an SQLite file` {
    let time = WallClock()
    let path = TemporaryFile.path()

    @Test func `guards on one file share its claims, which outlive them`() throws {
        do {
            let one = try SQLiteReplayGuard(path: path, clock: time.clock)
            let other = try SQLiteReplayGuard(path: path, clock: time.clock)
            #expect(one.claim("auth_1", by: "a", until: time.now + 60) == .first)
            #expect(other.claim("auth_1", by: "b", until: time.now + 60) == .seen)
        }
        let later = try SQLiteReplayGuard(path: path, clock: time.clock)
        #expect(later.claim("auth_1", by: "a", until: time.now + 60) == .sameTransaction)
    }

    @Test func `a file that many open as it is made serves them all`() throws {
        for _ in 0..<50 {
            let (path, time) = (TemporaryFile.path(), self.time)
            let answers = Mutex<[ReplayAnswer?]>([])
            DispatchQueue.concurrentPerform(iterations: 16) { number in
                let guarding = try? SQLiteReplayGuard(path: path, waitMilliseconds: 60_000, clock: time.clock)
                let answer = guarding?.claim("auth_1", by: "txn_\(number)", until: time.now + 60)
                answers.withLock { $0.append(answer) }
            }
            let found = answers.withLock { $0 }
            #expect(found.count { $0 == .first } == 1 && found.count { $0 == .seen } == 15)
        }
    }

    @Test func `a file of something else is refused`() throws {
        try Data("Not a database, and long enough to be one: \(String(repeating: "x", count: 100))".utf8)
            .write(to: URL(filePath: path))
        #expect(throws: VerifyError(.io)) { try SQLiteReplayGuard(path: path) }
    }

    @Test func `a path that is none, and a wait out of its bounds, are refused`() {
        #expect(throws: VerifyError(.argument)) { try SQLiteReplayGuard(path: "") }
        #expect(throws: VerifyError(.argument)) { try SQLiteReplayGuard(path: path, waitMilliseconds: -1) }
        #expect(throws: VerifyError(.argument)) { try SQLiteReplayGuard(path: path, waitMilliseconds: 60_001) }
        #expect(throws: VerifyError(.io)) { try SQLiteReplayGuard(path: "/nonexistent/claims") }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `a file that was removed protects nobody, and its guard says so`() throws {
        let guarding = try SQLiteReplayGuard(path: path, clock: time.clock)
        try FileManager.default.removeItem(atPath: path)
        #expect(guarding.claim("auth_1", by: "a", until: time.now + 60) == .unavailable)
        #expect(guarding.health.lastReason.contains("no longer where it was opened"))
        #expect(guarding.health.lastUnavailableAt == time.now)
    }
}
