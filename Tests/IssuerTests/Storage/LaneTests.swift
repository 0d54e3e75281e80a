import StoreFixtures
import Synchronization
import Testing

@testable import Issuer

@Suite struct LaneTests {
    private static let create = Statement("CREATE TABLE numbers (n BIGINT PRIMARY KEY)")
    private static let insert = Statement("INSERT INTO numbers (n) VALUES ($1)")
    private static let count = Statement("SELECT COUNT(*) FROM numbers")

    private struct Refused: Error {}

    @Test("a body that throws undoes its own work and nobody else's")
    func oneFailureSpoilsNoOther() async throws {
        let store = try await TestStore.open()
        try await store.globalTransaction { tx in _ = try tx.execute(Self.create, []) }
        let failed = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    do {
                        try await store.globalTransaction { tx in
                            try tx.execute(Self.insert, [.integer(Int64(number))])
                            if number % 3 == 0 { throw Refused() }
                        }
                        return false
                    } catch { return true }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(failed == 67)
        let left = try await store.globalTransaction { tx in try tx.execute(Self.count, [])[0].integer(0) }
        #expect(left == 133)
    }

    @Test("a constraint that is broken is that body's error alone, and the transaction stays usable")
    func constraint() async throws {
        let store = try await TestStore.open()
        try await store.globalTransaction { tx in _ = try tx.execute(Self.create, []) }
        try await store.globalTransaction { tx in _ = try tx.execute(Self.insert, [.integer(1)]) }
        await #expect(throws: StorageError.self) {
            try await store.globalTransaction { tx in
                try tx.execute(Self.insert, [.integer(2)])
                try tx.execute(Self.insert, [.integer(1)])
            }
        }
        let left = try await store.globalTransaction { tx in try tx.execute(Self.count, [])[0].integer(0) }
        #expect(left == 1)
    }

    @Test("what waits while a group commits is committed together in the next")
    func grouping() async throws {
        let groups = Mutex<[Int]>([])
        let lane = Lane(label: "test") { jobs in
            groups.withLock { $0.append(jobs.count) }
            for job in jobs { job.fail(Refused()) }
        }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<500 { group.addTask { _ = try? await lane.run { _ in } } }
        }
        let sizes = groups.withLock { $0 }
        #expect(sizes.reduce(0, +) == 500)
        #expect(sizes.allSatisfy { $0 <= Lane.groupMax })
    }

    @Test func `what comes when as many wait as may is refused at once, and the others are answered`() async throws {
        let gate = Gate()
        let lane = Lane(label: "test", waitingMax: 3) { jobs in
            _ = gate.pass(0)
            for job in jobs { job.fail(Refused()) }
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await #expect(throws: Refused.self) { try await lane.run { _ in } } }
            await gate.waitForArrivals(1)
            for count in 1...3 {
                group.addTask { await #expect(throws: Refused.self) { try await lane.run { _ in } } }
                #expect(await comes { lane.waitingCount == count })
            }
            let isRefused = Mutex(false)
            group.addTask {
                await #expect(throws: IssuerError.busy) { try await lane.run { _ in } }
                isRefused.withLock { $0 = true }
            }
            #expect(await comes { isRefused.withLock { $0 } || lane.waitingCount > 3 })
            gate.open()
        }
        #expect(lane.waitingCount == 0)
        await #expect(throws: Refused.self) { try await lane.run { _ in } }
    }

    @Test("after the end of the store every request is refused, and those before it were answered")
    func closing() async throws {
        let store = try await TestStore.open()
        try await store.globalTransaction { tx in _ = try tx.execute(Self.create, []) }
        try await store.close()
        await #expect(throws: StorageError.unavailable("the store is closed")) {
            try await store.globalTransaction { tx in _ = try tx.execute(Self.count, []) }
        }
    }

    /// What a lane did, and when.
    private final class Record: Sendable {
        let isOver = Atomic(false)
        let didCommitLate = Atomic(false)
    }

    @Test("what was taken in is answered before close returns, whoever races")
    func closingRace() async {
        for _ in 0..<2000 {
            let record = Record()
            let lane = Lane(label: "test") { jobs in
                if record.isOver.load(ordering: .sequentiallyConsistent) {
                    record.didCommitLate.store(true, ordering: .sequentiallyConsistent)
                }
                for job in jobs { job.fail(Refused()) }
            }
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<2 { group.addTask { _ = try? await lane.run { _ in } } }
                group.addTask {
                    await lane.close()
                    record.isOver.store(true, ordering: .sequentiallyConsistent)
                }
            }
            let didCommitLate = record.didCommitLate.load(ordering: .sequentiallyConsistent)
            #expect(!didCommitLate)
        }
    }

    @Test("a store that a newer program wrote is refused")
    func newerSchema() async throws {
        let store = try await TestStore.open()
        try await store.globalTransaction { try Migrator.migrate($0) }
        try await store.globalTransaction { try Migrator.migrate($0) }
        try await store.globalTransaction { tx in
            _ = try tx.execute(Statement("UPDATE schema_version SET version = 99"), [])
        }
        await #expect(throws: StorageError.self) { try await store.globalTransaction { try Migrator.migrate($0) } }
    }
}
