import PluginParts
public import Verifier

/// A replay guard in this process's memory, for a processor that is one process and may forget at its end.
///
/// It holds a bounded number of claims and never forgets one that still counts: when it is full, it cannot tell
/// (`unavailable`). A claim may be forgotten once its token has ended; that makes room. Any number of threads. After a
/// fork it serves the process that made it, and answers a child `unavailable`: the child's copy would not see what its
/// parent claims.
public final class MemoryReplayGuard: ReplayGuard, @unchecked Sendable {
    // Sendable: the table and the horizon are touched under the lock alone.
    public static let capacityMax = 1 << 24

    private let table: ClaimTable
    /// The latest end of a claim that was forgotten. What ends no later may be one of those, if the clock went back.
    private var forgottenUntil = Int64.min
    private let lock: Lock
    private let names: ClaimNames
    private let tally: ClaimTally
    private let clock: Clock
    private let process = OwnProcess()

    /// A guard of at most `capacity` claims, 1 to `capacityMax`, whose memory it takes now: `bytes(forCapacity:)`.
    ///
    /// Throws `argument` for a capacity out of its bounds, `noMemory`, or `internalFailure` if OpenSSL has no SHA-256.
    public convenience init(capacity: Int, clock: Clock = .system) throws(VerifyError) {
        guard (1...Self.capacityMax).contains(capacity) else {
            throw VerifyError(.argument, "capacity is not from 1 to \(Self.capacityMax).")
        }
        try Memory.require(Memory.reserve)
        // Embedded Swift leaks an object whose init throws (6.3), so what can fail comes before the object.
        let (names, lock, tally) = (try ClaimNames(), try Lock.make(), try ClaimTally.make())
        self.init(try ClaimTable.make(capacity: capacity), names, lock, tally, clock)
    }

    private init(_ table: ClaimTable, _ names: ClaimNames, _ lock: Lock, _ tally: ClaimTally, _ clock: Clock) {
        self.table = table
        self.names = names
        self.lock = lock
        self.tally = tally
        self.clock = clock
    }

    /// The bytes that a guard of so many claims takes.
    public static func bytes(forCapacity capacity: Int) -> Int { ClaimTable.bytes(forCapacity: capacity) }

    /// How many claims it can hold.
    public var capacity: Int { table.capacity }

    /// How many claims it holds.
    public var count: Int { lock.holding { table.count } }

    /// What it answered, and why it could not.
    public var health: GuardHealth { tally.health }

    public func claim(
        issuer: Span<UInt8>, authorizationID: Span<UInt8>, keepUntil: Int64, transactionID: Span<UInt8>
    ) -> ReplayAnswer {
        let now = clock.wallSecondsOrNone
        guard process.isThis else {
            return tally.unavailable("The guard is that of the process that this one was forked from.", at: now)
        }
        do throws(VerifyError) {
            let name = try names.claim(issuer: issuer, authorizationID: authorizationID)
            let transaction = try names.transaction(transactionID)
            let refusal: StaticString
            switch lock.holding({ outcome(of: name, by: transaction, keepUntil: keepUntil, at: now) }) {
            case .answer(let answer): return tally.noting(answer)
            case .full: refusal = "The guard is full of claims that still count; give it a greater capacity."
            case .over: refusal = "The token has ended by the guard's clock, and its claim may have been forgotten."
            }
            return tally.unavailable(refusal, at: now)
        } catch {
            return tally.unavailable("Memory ran out.", at: now)
        }
    }

    private enum Outcome {
        case answer(ReplayAnswer)
        case full
        case over
    }

    private func outcome(
        of name: ClaimNames.Digest, by transaction: ClaimNames.Digest?, keepUntil: Int64, at now: Int64
    ) -> Outcome {
        let nobody = ClaimNames.Digest(repeating: 0)
        if let owner = table.transaction(ofClaim: name) {
            guard let transaction, transaction.span.equals(owner.span) else { return .answer(.seen) }
            return .answer(.sameTransaction)
        }
        forget(at: now)
        guard keepUntil > forgottenUntil else { return .over }
        guard table.count < table.capacity else { return .full }
        table.insert(name, transaction: transaction ?? nobody, keepUntil: keepUntil)
        return .answer(.first)
    }

    /// Forgets claims whose tokens have ended: a few, since each call adds one at most, so that none takes long.
    private func forget(at now: Int64) {
        for _ in 0..<4 {
            guard let keepUntil = table.firstToForget, keepUntil < now else { return }
            table.forgetFirst()
            forgottenUntil = max(forgottenUntil, keepUntil)
        }
    }
}
